// The type files say what the code has: names of the namespace, numbers of the enums.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { freshNamespace } from './fake-client.mjs';

const { RongIMLib, RongIMClient } = freshNamespace();
const typesOf = (name) => readFileSync(new URL(`../../pkg-template/rongimlib/${name}.d.ts`, import.meta.url), 'utf8');
const declared = (text) => [...text.matchAll(/^export declare (?:const|class) (\w+)/gm)].map(([, name]) => name);

test('every exported name is declared, and every declared one exported', () => {
  const all = ['enums', 'messages', 'models', 'params', 'index'].flatMap((name) => declared(typesOf(name)));
  assert.deepEqual(new Set(all.filter((name) => name !== 'RongIMLib')), new Set(Object.keys(RongIMLib)));
});

test('enums have the declared members', () => {
  for (const [, name, body] of typesOf('enums').matchAll(/^export declare const (\w+): Enumeration<\{\n([^}]*)\}>/gm)) {
    const members = [...body.matchAll(/readonly (\w+): (-?\d+);/g)].map(([, member, number]) => [member, Number(number)]);
    assert.deepEqual(Object.fromEntries(members), { ...RongIMLib[name] }, name);
  }
});

test('RongIMClient has the declared methods', () => {
  const [, body] = typesOf('index').match(/^export declare class RongIMClient \{\n([\s\S]*?)^\}/m);
  const methods = [...body.matchAll(/^  (static )?(\w+)\(/gm)].map(([, isStatic, name]) => [Boolean(isStatic), name]);
  const own = (holder, leave) => Object.getOwnPropertyNames(holder)
    .filter((name) => typeof holder[name] === 'function' && !leave.includes(name));
  const instance = own(Object.getPrototypeOf(RongIMClient.prototype), ['constructor']);
  const names = (wanted) => new Set(methods.filter(([isStatic]) => isStatic === wanted).map(([, name]) => name));
  assert.deepEqual(names(false), new Set(instance));
  assert.deepEqual(names(true), new Set(own(RongIMClient, ['prototype'])));
});

test('MessageType lists the built-in classes', () => {
  const [, names] = typesOf('messages').match(/export type BuiltInMessageType =\n([\s\S]*?);/);
  assert.deepEqual([...names.matchAll(/'(\w+)'/g)].map(([, name]) => name), Object.keys(RongIMClient.MessageType));
});
