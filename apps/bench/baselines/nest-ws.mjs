import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { HOST, reportListening, WS_OPTIONS } from './listening.mjs';

// A relay on the stock WsAdapter of Nest. Decorators are called as functions, because this is plain JavaScript.

class Relay {
  #sockets = new Map();
  #names = new Map();

  onRegister(socket, { name }) {
    this.#sockets.set(name, socket);
    this.#names.set(socket, name);
    return { event: 'registered' };
  }

  onSignal(socket, { to, signal }) {
    const from = this.#names.get(socket);
    this.#sockets.get(to)?.send(JSON.stringify({ event: 'signal', data: { from, signal } }));
  }

  handleDisconnect(socket) {
    this.#sockets.delete(this.#names.get(socket));
    this.#names.delete(socket);
  }
}

for (const [method, event] of [
  ['onRegister', 'register'],
  ['onSignal', 'signal'],
]) {
  SubscribeMessage(event)(Relay.prototype, method, Object.getOwnPropertyDescriptor(Relay.prototype, method));
}
WebSocketGateway({ ...WS_OPTIONS, clientTracking: false })(Relay);

class RelayModule {}
Module({ providers: [Relay] })(RelayModule);

const app = await NestFactory.create(RelayModule, { logger: ['error'] });
app.useWebSocketAdapter(new WsAdapter(app));
await app.listen(0, HOST);
reportListening(app.getHttpServer().address().port);
