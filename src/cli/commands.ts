import type { Command } from "commander";
import { evaluate } from "./evaluate.ts";
import { inspect } from "./inspect.ts";
import { predict } from "./predict.ts";
import { serve } from "./serve.ts";
import { train } from "./train.ts";
import { worker } from "./worker.ts";

/*!
 * The built command holds these packages, unchanged. Under the Apache License 2.0, of which src/cli/apache-2.0.txt is a copy:
 *
 * @nats-io/transport-node, @nats-io/nats-core, @nats-io/jetstream, @nats-io/kv, @nats-io/obj, @nats-io/nkeys, @nats-io/nuid:
 *   Copyright The NATS Authors
 *
 * In the public domain: tweetnacl. Under the MIT License, as murmur-hash and js-sha256, which are named with their own:
 *
 * commander: Copyright (c) 2011 TJ Holowaychuk <tj@vision-media.ca>
 * csv-parse: Copyright (c) 2010 Adaltas
 * cli-progress: Copyright (c) 2015-2022 Andi Dittrich
 * string-width, strip-ansi, ansi-regex, is-fullwidth-code-point: Copyright (c) Sindre Sorhus <sindresorhus@gmail.com>
 * emoji-regex: Copyright Mathias Bynens <https://mathiasbynens.be/>
 * hyparquet, hyparquet-compressors, hysnappy: by Hyperparam, https://hyperparam.app
 * fzstd: Copyright (c) 2020 Arjun Barrett
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files
 * (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
 * publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do
 * so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
 * MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
 * FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION
 * WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
 */

/** One a file, in the order of the help. */
export const commands: readonly (() => Command)[] = [train, evaluate, predict, inspect, serve, worker];
