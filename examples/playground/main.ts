import { playground } from "./playground.ts";

playground();
