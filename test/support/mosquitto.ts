import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasCommand, type OwnServer, ownServer } from "./ownServer.ts";

/** Where Debian puts it, which is not on everybody's path. */
const command = ["mosquitto", "/usr/sbin/mosquitto"].find(hasCommand);

/** Whether Debian's `mosquitto` is here. */
export const hasMosquitto: boolean = command !== undefined;

/** A real MQTT broker that saves each message that it takes, of the test's own. */
export const mosquitto = async (): Promise<OwnServer & { readonly url: string }> => {
  const server = await ownServer(command!, (port, folder) => {
    const file = join(folder, "mosquitto.conf");
    const lines = [
      `listener ${port} 127.0.0.1`,
      ...["allow_anonymous true", "persistence true", `persistence_location ${folder}/`],
      ...["autosave_interval 1", "autosave_on_changes true", "max_queued_messages 100000"],
      ...(process.getuid?.() === 0 ? ["user root"] : []), // it would take another user, who may not write there
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    return ["-c", file];
  });
  return { ...server, url: `mqtt://127.0.0.1:${server.port}` };
};
