import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshNamespace } from './fake-client.mjs';

const { RongIMLib, RongIMClient } = freshNamespace();

test('enums have the 2.x numbers', () => {
  const { ConnectionStatus, ConnectionState, ConversationType, SentStatus, ReceivedStatus, ErrorCode } = RongIMLib;
  assert.deepEqual(
    ['CONNECTED', 'CONNECTING', 'DISCONNECTED', 'NETWORK_UNAVAILABLE', 'CONNECTION_CLOSED', 'KICKED_OFFLINE_BY_OTHER_CLIENT',
      'WEBSOCKET_UNAVAILABLE', 'WEBSOCKET_ERROR', 'DOMAIN_INCORRECT', 'APPKEY_IS_FAKE', 'REQUEST_NAVI', 'RESPONSE_NAVI',
      'RESPONSE_NAVI_ERROR', 'RESPONSE_NAVI_TIMEOUT', 'ULTRALIMIT'].map((name) => ConnectionStatus[name]),
    [0, 1, 2, 3, 4, 6, 7, 8, 12, 20, 201, 202, 203, 204, 1101],
  );
  assert.deepEqual(
    ['NONE', 'PRIVATE', 'DISCUSSION', 'GROUP', 'CHATROOM', 'CUSTOMER_SERVICE', 'SYSTEM', 'APP_PUBLIC_SERVICE', 'PUBLIC_SERVICE']
      .map((name) => ConversationType[name]),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
  assert.deepEqual(Object.values(SentStatus), [10, 20, 30, 40, 50, 60]);
  assert.equal(ReceivedStatus.DOWNLOADED, 4);
  assert.equal(ConnectionState.UNACCEPTABLE_PAROTOCOL_VERSION, ConnectionState.UNACCEPTABLE_PROTOCOL_VERSION);
  assert.deepEqual([ErrorCode.TIMEOUT, ErrorCode.PARAMETER_ERROR, ErrorCode.RC_NET_UNAVAILABLE], [-1, -3, 30002]);
  assert.equal(Object.keys(ErrorCode).length, 125);
});

test('numbers lead back to names, and do not show when one walks over an enum', () => {
  assert.equal(RongIMLib.ConnectionStatus[6], 'KICKED_OFFLINE_BY_OTHER_CLIENT');
  assert.equal(RongIMLib.ConnectionState[1], 'UNACCEPTABLE_PROTOCOL_VERSION');
  assert.equal(RongIMLib.ErrorCode[-1], 'TIMEOUT');
  assert.ok(Object.keys(RongIMLib.ConversationType).every((name) => Number.isNaN(Number(name))));
});

test('MessageType and MessageParams know every class with its flags', () => {
  const tags = {
    'RC:TxtMsg': 3, 'RC:ImgMsg': 3, 'RC:GIFMsg': 3, 'RC:SightMsg': 3, 'RC:InfoNtf': 1, 'RC:RcCmd': 1, 'RC:GrpNtf': 1,
    'RC:CmdMsg': 0, 'RC:TypSts': 0, 'RC:ReadNtf': 0, 'RC:SRSMsg': 0, 'RC:CSCha': 0, 'RC:VCInvite': 0,
  };
  const byObjectName = Object.fromEntries(Object.values(RongIMClient.MessageParams).map((params) => [params.objectName, params.msgTag]));
  for (const [objectName, tag] of Object.entries(tags)) assert.equal(byObjectName[objectName].getMessageTag(), tag, objectName);
  assert.equal(RongIMClient.MessageType.TextMessage, 'TextMessage');
  assert.deepEqual(Object.keys(RongIMClient.MessageType), Object.keys(RongIMClient.MessageParams));
  for (const name of Object.keys(RongIMClient.MessageType)) assert.equal(typeof RongIMLib[name], 'function', name);
});

test('models take their members in order', () => {
  for (const [name, ...members] of [
    ['CustomServiceConfig', 'isBlack', 'companyName', 'companyUrl'],
    ['CustomServiceSession', 'uid', 'cid', 'pid', 'isQuited', 'type', 'adminHelloWord', 'adminOfflineWord'],
    ['ChannelInfo', 'Id', 'Key'],
    ['User', 'id', 'token'],
    ['Room', 'id', 'user'],
  ]) {
    assert.deepEqual({ ...new RongIMLib[name](...members) }, Object.fromEntries(members.map((member) => [member, member])), name);
  }
});

test('two namespaces share no registered class', () => {
  const other = freshNamespace();
  other.RongIMClient.registerMessageType('OnlyThere', 'app:there', new other.RongIMLib.MessageTag(true, true), ['a']);
  assert.equal(RongIMClient.MessageType.OnlyThere, undefined);
});

test('a content keeps its members and travels without its class name', () => {
  const text = new RongIMLib.TextMessage({ content: 'a', extra: 'b', unknown: 1, user: { id: 'u' } });
  assert.deepEqual({ ...text }, { messageName: 'TextMessage', content: 'a', extra: 'b', user: { id: 'u' } });
  assert.deepEqual(JSON.parse(text.encode()), { content: 'a', extra: 'b', user: { id: 'u' } });
  assert.throws(() => new RongIMLib.TextMessage(), /TextMessage/);
  assert.equal(new RongIMLib.HQVoiceMessage({ remoteUrl: 'u' }).type, 'aac');
  assert.deepEqual(new RongIMLib.CommandMessage({ name: 'n', data: '{"a":1}' }).data, { a: 1 });
  assert.equal(new RongIMLib.CommandMessage({ name: 'n', data: 'plain' }).data, 'plain');
  assert.deepEqual(new RongIMLib.GIFMessage({ width: 3 }).width, 3);
});

test('obtain fills the members in order', () => {
  assert.deepEqual({ ...RongIMLib.LocationMessage.obtain(1, 2, 'here', 'b64') }, {
    messageName: 'LocationMessage', latitude: 1, longitude: 2, poi: 'here', content: 'b64', extra: '',
  });
  assert.equal(RongIMLib.RCCombineMessage.obtain('url', ['a'], ['b']).remoteUrl, 'url');
});

test('MentionedInfo honours its arguments', () => {
  assert.deepEqual({ ...new RongIMLib.MentionedInfo(2, ['u'], 'hey') }, { type: 2, userIdList: ['u'], mentionedContent: 'hey' });
});

test('MessageTag is a number of two bits', () => {
  const tag = (counted, kept) => new RongIMLib.MessageTag(counted, kept).getMessageTag();
  assert.deepEqual([tag(true, true), tag(true, false), tag(false, true), tag(false, false)], [3, 2, 1, 0]);
});

test('registerMessageType refuses what it cannot use', () => {
  const tag = new RongIMLib.MessageTag(true, true);
  assert.throws(() => RongIMClient.registerMessageType('', 'a:b', tag, []), /messageType/);
  assert.throws(() => RongIMClient.registerMessageType('A', '', tag, []), /objectName/);
  assert.throws(() => RongIMClient.registerMessageType('A', 'a:b', tag, { encode() {} }), /encode and decode/);
});
