/**
 * What `Client.ask` can ask: topics of the protocol, the target each goes to (null: the user), the
 * members of the question and of its answer. Made from the core's table.
 *
 * 64-bit numbers are numbers up to 2^53 and decimal text above.
 */
export interface Questions {
  delMsg: {
    target: string;
    request: { type?: number; conversationId?: string; msgs?: readonly ({ msgId?: string; msgDataTime?: number | string; direct?: number })[]; busChannel?: string };
    answer: Record<string, never>;
  };
  cleanPMsg: {
    target: string;
    request: { targetId: string; dataTime: number | string; conversationType?: number; busChannel?: string };
    answer: Record<string, never>;
  };
  cleanDMsg: {
    target: string;
    request: { targetId: string; dataTime: number | string; conversationType?: number; busChannel?: string };
    answer: Record<string, never>;
  };
  cleanGMsg: {
    target: string;
    request: { targetId: string; dataTime: number | string; conversationType?: number; busChannel?: string };
    answer: Record<string, never>;
  };
  cleanCMsg: {
    target: string;
    request: { targetId: string; dataTime: number | string; conversationType?: number; busChannel?: string };
    answer: Record<string, never>;
  };
  cleanSMsg: {
    target: string;
    request: { targetId: string; dataTime: number | string; conversationType?: number; busChannel?: string };
    answer: Record<string, never>;
  };
  rrMsg: {
    target: string;
    request: { msgId?: readonly (string)[]; channelId?: string; hyType?: number };
    answer: Record<string, never>;
  };
  rrList: {
    target: string;
    request: { msgId?: readonly (string)[]; channelId?: string; hyType?: number };
    answer: { totalMemberNum: number; list: readonly ({ readTime: number | string; userId: string })[] };
  };
  pullSeAtts: {
    target: null;
    request: { time: number | string };
    answer: { version: number | string; state: readonly ({ type: number; channelId: string; time?: number | string; stateItem: readonly ({ sessionStateType: number; value: string; time?: number | string })[]; busChannel?: string })[] };
  };
  setSeAtt: {
    target: null;
    request: { version: number | string; state?: readonly ({ type: number; channelId: string; time?: number | string; stateItem?: readonly ({ sessionStateType: number; value: string; time?: number | string })[]; busChannel?: string })[]; ignoreVersion?: boolean };
    answer: { version: number | string; updateVersion?: boolean };
  };
  qryPPush: {
    target: null;
    request: { blockeeId: string };
    answer: { status: number };
  };
  qryDPush: {
    target: null;
    request: { blockeeId: string };
    answer: { status: number };
  };
  blkPPush: {
    target: null;
    request: { blockeeId: string };
    answer: { status: number };
  };
  blkDPush: {
    target: null;
    request: { blockeeId: string };
    answer: { status: number };
  };
  unblkPPush: {
    target: null;
    request: { blockeeId: string };
    answer: { status: number };
  };
  unblkDPush: {
    target: null;
    request: { blockeeId: string };
    answer: { status: number };
  };
  pullUS: {
    target: null;
    request: { version: number | string; reserve?: boolean; ipType?: number };
    answer: { items: readonly ({ targetId: string; type: number; key: string; value: string; version: number | string; status: number })[]; version: number | string };
  };
  setOfflineMsgDur: {
    target: null;
    request: { deadline: number | string; token: string };
    answer: Record<string, never>;
  };
  qnTkn: {
    target: null;
    request: { type: number; key?: string; httpMethod?: string; queryString?: string; url?: string; ext?: string; size?: number | string; ipType?: number };
    answer: { deadline: number | string; token: string; bosToken?: string; bosDate?: string; path?: string; hyUpload?: string };
  };
  qnUrl: {
    target: null;
    request: { type: number; key: string; fileName?: string };
    answer: { downloadUrl: string };
  };
  crDiz: {
    target: null;
    request: { name?: string };
    answer: { id: string };
  };
  invtDiz: {
    target: string;
    request: { users?: readonly (string)[] };
    answer: Record<string, never>;
  };
  dizInf: {
    target: string;
    request: Record<string, never>;
    answer: { type: number; channelId: string; channelName: string; adminUserId: string; firstTenUserIds: readonly (string)[]; openStatus: number };
  };
  quitDiz: {
    target: string;
    request: Record<string, never>;
    answer: Record<string, never>;
  };
  evctDiz: {
    target: string;
    request: { user: string };
    answer: Record<string, never>;
  };
  pdOpen: {
    target: string;
    request: { openStatus: number };
    answer: Record<string, never>;
  };
  rename: {
    target: string;
    request: { name: string };
    answer: Record<string, never>;
  };
  userInf: {
    target: string;
    request: Record<string, never>;
    answer: { userId: string; userName: string; userPortrait: string };
  };
  addBlack: {
    target: string;
    request: { userId: string };
    answer: Record<string, never>;
  };
  rmBlack: {
    target: string;
    request: { userId: string };
    answer: Record<string, never>;
  };
  getBlack: {
    target: null;
    request: Record<string, never>;
    answer: { userIds: readonly (string)[] };
  };
  blackStat: {
    target: string;
    request: { userId: string };
    answer: { status: number };
  };
  getUserStatus: {
    target: string;
    request: { nothing?: number };
    answer: { status?: string; subUserId?: string };
  };
  setUserStatus: {
    target: null;
    request: { status?: number };
    answer: Record<string, never>;
  };
  subUserStatus: {
    target: null;
    request: { userid?: readonly (string)[]; hyStop?: boolean };
    answer: Record<string, never>;
  };
  joinChrm: {
    target: string;
    request: { extra?: string };
    answer: { sessionId?: string; joinTime?: number | string; createTime?: number | string; memberCount?: number };
  };
  joinChrmR: {
    target: string;
    request: { extra?: string };
    answer: { sessionId?: string; joinTime?: number | string; createTime?: number | string; memberCount?: number };
  };
  exitChrm: {
    target: string;
    request: { extra?: string };
    answer: Record<string, never>;
  };
  queryChrmI: {
    target: string;
    request: { count: number; order?: number };
    answer: { userTotalNums?: number; userInfos: readonly ({ time: number | string; id: string })[] };
  };
  setKV: {
    target: string;
    request: { entry: { key: string; value: string; status?: number; timestamp?: number | string; uid?: string; version?: number | string }; bNotify?: boolean; notification?: { sessionId: number; classname: string; content: string; configFlag?: number }; type?: number };
    answer: Record<string, never>;
  };
  delKV: {
    target: string;
    request: { entry: { key: string; value: string; status?: number; timestamp?: number | string; uid?: string; version?: number | string }; bNotify?: boolean; notification?: { sessionId: number; classname: string; content: string; configFlag?: number }; type?: number };
    answer: Record<string, never>;
  };
  pullKV: {
    target: string;
    request: { timestamp: number | string };
    answer: { entries: readonly ({ key: string; value: string; status?: number; timestamp?: number | string; uid?: string; version?: number | string })[]; bFullUpdate?: boolean; syncTime?: number | string };
  };
  pullMp: {
    target: null;
    request: { time: number | string; mpid: string };
    answer: { status: number; info: readonly ({ mpid: string; name: string; type: string; time: number | string; portraitUrl?: string; extra?: string })[] };
  };
  schMp: {
    target: null;
    request: { type: number; id: string };
    answer: { info: readonly ({ mpid: string; name: string; type: string; time: number | string; portraitUrl?: string; extra?: string })[] };
  };
  mpFollow: {
    target: null;
    request: { id: string };
    answer: { info?: { mpid: string; name: string; type: string; time: number | string; portraitUrl?: string; extra?: string } };
  };
  mcFollow: {
    target: null;
    request: { id: string };
    answer: { info?: { mpid: string; name: string; type: string; time: number | string; portraitUrl?: string; extra?: string } };
  };
  mpUnFollow: {
    target: null;
    request: { id: string };
    answer: { info?: { mpid: string; name: string; type: string; time: number | string; portraitUrl?: string; extra?: string } };
  };
  mcUnFollow: {
    target: null;
    request: { id: string };
    answer: { info?: { mpid: string; name: string; type: string; time: number | string; portraitUrl?: string; extra?: string } };
  };
  qryVoipK: {
    target: null;
    request: { engineType: number; channelName: string; channelExtra?: string };
    answer: { dynamicKey: string };
  };
  rtcRJoin_data: {
    target: string;
    request: { roomType: number; broadcastType?: number };
    answer: { list: readonly ({ userId: string; userData: readonly ({ key: string; value: string })[] })[]; token?: string; sessionId?: string };
  };
  rtcRExit: {
    target: string;
    request: Record<string, never>;
    answer: Record<string, never>;
  };
  rtcPing: {
    target: string;
    request: { roomType: number; broadcastType?: number };
    answer: Record<string, never>;
  };
  rtcToken: {
    target: string;
    request: { roomType: number; broadcastType?: number };
    answer: { rtcToken: string };
  };
  rtcUserState: {
    target: string;
    request: { id: string };
    answer: Record<string, never>;
  };
  rtcUData: {
    target: string;
    request: { order?: number };
    answer: { list: readonly ({ userId: string; userData: readonly ({ key: string; value: string })[] })[] };
  };
  rtcUList: {
    target: string;
    request: { order?: number };
    answer: { list: readonly ({ userId: string; userData: readonly ({ key: string; value: string })[] })[] };
  };
  rtcRInfo: {
    target: string;
    request: { order?: number };
    answer: { roomId?: string; roomData: readonly ({ key: string; value: string })[]; userCount?: number; list: readonly ({ userId: string; userData: readonly ({ key: string; value: string })[] })[] };
  };
  rtcUPut: {
    target: string;
    request: { key: string; value: string };
    answer: Record<string, never>;
  };
  rtcRPut: {
    target: string;
    request: { key: string; value: string };
    answer: Record<string, never>;
  };
  rtcUDel: {
    target: string;
    request: { key?: readonly (string)[] };
    answer: Record<string, never>;
  };
  rtcRDel: {
    target: string;
    request: { key?: readonly (string)[] };
    answer: Record<string, never>;
  };
  rtcSetData: {
    target: string;
    request: { interior: boolean; target: number; key: string; value: string; objectName?: string; content?: string };
    answer: Record<string, never>;
  };
  rtcQryData: {
    target: string;
    request: { interior: boolean; target: number; key?: readonly (string)[]; objectName?: string; content?: string };
    answer: { outInfo: readonly ({ key: string; value: string })[] };
  };
  rtcDelData: {
    target: string;
    request: { interior: boolean; target: number; key?: readonly (string)[]; objectName?: string; content?: string };
    answer: Record<string, never>;
  };
  rtcSetOutData: {
    target: string;
    request: { target: number; valueInfo?: readonly ({ key: string; value: string })[]; objectName?: string; content?: string };
    answer: Record<string, never>;
  };
  rtcQryUserOutData: {
    target: string;
    request: { userId?: readonly (string)[] };
    answer: { user: readonly ({ userId: string; userData: readonly ({ key: string; value: string })[] })[] };
  };
  hyQuiet: {
    target: null;
    request: { start?: string; minutes?: number };
    answer: Record<string, never>;
  };
}
