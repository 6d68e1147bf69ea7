//! Every topic that can be asked without more ado: one line each.
//!
//! `topic@request>answer` where the frame names a target, `topic.request>answer` where it names the
//! caller. Fields as in `schema.rs`; `?` where the status is the answer. What 2.x clients write
//! always is required; `nothing` is a field without a meaning that must be there.

/// A public account.
macro_rules! account {
    () => {
        "(1s!mpid,2s!name,3s!type,4i!time,5s:portraitUrl,6s:extra)"
    };
}

/// An attribute of a chatroom, and the notice of its change.
macro_rules! attribute {
    () => {
        "1m!entry(1s!key,2s!value,3n:status,4i:timestamp,5s:uid,6i:version) 2b:bNotify \
         3m:notification(1n!sessionId,2s!classname,3s!content,9n:configFlag) 4n:type>"
    };
}

/// The settings of conversations.
macro_rules! states {
    () => {
        "2m*state(1n!type,2s!channelId,3i:time,4m*stateItem(1n!sessionStateType;2s!value;4i:time),\
         5s:busChannel)"
    };
}

/// A history to be cleaned.
macro_rules! cleaned {
    ($topic:literal) => {
        concat!($topic, "@1s!targetId 2i!dataTime 3n:conversationType 4s:busChannel>\n")
    };
}

/// Notifications of a conversation: asked for, switched off, switched on.
macro_rules! notified {
    ($topic:literal) => {
        concat!($topic, ".1s!blockeeId>?\n")
    };
}

/// The users of a call room, each with values of its own.
macro_rules! call_users {
    ($list:literal) => {
        concat!($list, "(1s!userId,2m*userData(1s!key;2s!value))")
    };
}

/// Values of a call room, or of one of its users, for the application alone (`interior`) or not.
macro_rules! call_values {
    () => {
        "@1b!interior 2n!target 3s*key 4s:objectName 5s:content>"
    };
}

pub(super) const CALLS: &str = concat!(
    // Messages.
    "delMsg@1n:type 2s:conversationId 3m*msgs(1s:msgId,2i:msgDataTime,3n:direct) 4s:busChannel>\n",
    cleaned!("cleanPMsg"),
    cleaned!("cleanDMsg"),
    cleaned!("cleanGMsg"),
    cleaned!("cleanCMsg"),
    cleaned!("cleanSMsg"),
    "rrMsg@1s*msgId 2s:channelId 1000n:hyType>\n",
    "rrList@1s*msgId 2s:channelId 1000n:hyType>1n!totalMemberNum 2m*list(1i!readTime,2s!userId)\n",
    // Settings.
    "pullSeAtts.1i!time>1i!version ",
    states!(),
    "\nsetSeAtt.1i!version ",
    states!(),
    " 3b:ignoreVersion>1i!version 2b:updateVersion\n",
    notified!("qryPPush"),
    notified!("qryDPush"),
    notified!("blkPPush"),
    notified!("blkDPush"),
    notified!("unblkPPush"),
    notified!("unblkDPush"),
    "pullUS.1i!version 2b:reserve 3n:ipType>\
     1m*items(1s!targetId,2n!type,4s!key,5s!value,6i!version,7n!status) 2i!version\n",
    "setOfflineMsgDur.1i!deadline 2s!token>\n",
    // Files.
    "qnTkn.1n!type 2s:key 3s:httpMethod 4s:queryString 5s:url 6s:ext 7i:size 8n:ipType>\
     1i!deadline 2s!token 3s:bosToken 4s:bosDate 5s:path 1000s:hyUpload\n",
    "qnUrl.1n!type 2s!key 3s:fileName>1s!downloadUrl\n",
    // Discussions.
    "crDiz.1s:name>1s!id\n",
    "invtDiz@1s*users>\n",
    "dizInf@1=!nothing>1n!type 2s!channelId 3s!channelName 4s!adminUserId 5s*firstTenUserIds \
     6n!openStatus\n",
    "quitDiz@1=!nothing>\n",
    "evctDiz@1s!user>\n",
    "pdOpen@1n!openStatus>\n",
    "rename@1s!name>\n",
    // People.
    "userInf@1=!nothing>1s!userId 2s!userName 3s!userPortrait\n",
    "addBlack@1s!userId>\n",
    "rmBlack@1s!userId>\n",
    "getBlack.1=!nothing>1s*userIds\n",
    "blackStat@1s!userId>?\n",
    "getUserStatus@1n:nothing>1s:status 2s:subUserId\n",
    "setUserStatus.1n:status>\n",
    "subUserStatus.1s*userid 1000b:hyStop>\n",
    // Chatrooms.
    "joinChrm@1=!nothing 2s:extra>2s:sessionId 3i:joinTime 4i:createTime 5n:memberCount\n",
    "joinChrmR@1=!nothing 2s:extra>2s:sessionId 3i:joinTime 4i:createTime 5n:memberCount\n",
    "exitChrm@1=!nothing 2s:extra>\n",
    "queryChrmI@1n!count 2n:order>1n:userTotalNums 2m*userInfos(1i!time,2s!id)\n",
    "setKV@",
    attribute!(),
    "\ndelKV@",
    attribute!(),
    "\npullKV@1i!timestamp>1m*entries(1s!key,2s!value,3n:status,4i:timestamp,5s:uid,6i:version) \
     2b:bFullUpdate 3i:syncTime\n",
    // Public services.
    "pullMp.1i!time 2s!mpid>1n!status 2m*info",
    account!(),
    "\nschMp.1n!type 2s!id>2m*info",
    account!(),
    "\nmpFollow.1s!id>2m:info",
    account!(),
    "\nmcFollow.1s!id>2m:info",
    account!(),
    "\nmpUnFollow.1s!id>2m:info",
    account!(),
    "\nmcUnFollow.1s!id>2m:info",
    account!(),
    // Calls.
    "\nqryVoipK.1n!engineType 2s!channelName 3s:channelExtra>1s!dynamicKey\n",
    "rtcRJoin_data@1n!roomType 2n:broadcastType>",
    call_users!("1m*list"),
    " 2s:token 3s:sessionId\nrtcRExit@>\nrtcPing@1n!roomType 2n:broadcastType>\n",
    "rtcToken@1n!roomType 2n:broadcastType>1s!rtcToken\nrtcUserState@1s!id>\n",
    "rtcUData@1n:order>",
    call_users!("1m*list"),
    "\nrtcUList@1n:order>",
    call_users!("1m*list"),
    "\nrtcRInfo@1n:order>1s:roomId 2m*roomData(1s!key,2s!value) 3n:userCount ",
    call_users!("4m*list"),
    "\nrtcUPut@1s!key 2s!value>\nrtcRPut@1s!key 2s!value>\nrtcUDel@1s*key>\nrtcRDel@1s*key>\n",
    "rtcSetData@1b!interior 2n!target 3s!key 4s!value 5s:objectName 6s:content>\nrtcQryData",
    call_values!(),
    "1m*outInfo(1s!key,2s!value)\nrtcDelData",
    call_values!(),
    "\nrtcSetOutData@1n!target 2m*valueInfo(1s!key,2s!value) 3s:objectName 4s:content>\n",
    "rtcQryUserOutData@1s*userId>",
    call_users!("1m*user"),
    "\nhyQuiet.1s:start 2n:minutes>",
);
