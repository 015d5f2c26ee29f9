// SPDX-License-Identifier: EUPL-1.2
export * from './bus.port.js';
export * from './carrier.js';
export * from './outbox.js';
export * from './postgres-carrier.js';
export * from './postgres-queue.js';
export * from './rabbitmq/broker-connection.js';
export * from './rabbitmq/broker-problem.js';
export * from './rabbitmq/rabbitmq-carrier.js';
export * from './waker.js';
