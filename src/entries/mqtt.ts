/**
 * Messages of MQTT as a source and a sink.
 * @module
 */

export type { DecodeOptions } from "../adapters/decoding.ts";
export type { Delivery } from "../adapters/delivery.ts";
export { type FromMqttOptions, fromMqtt, type MqttDelivery, type MqttMessage } from "../adapters/fromMqtt.ts";
export type { MqttTarget } from "../adapters/mqttClient.ts";
export { type ToMqttOptions, toMqtt } from "../adapters/toMqtt.ts";
