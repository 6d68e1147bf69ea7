//! Every protobuf body that an unmodified 2.5.3 client sent or took: our structs read it and write
//! the same bytes again, so no field, number, label or order is missing.
#![cfg(not(target_arch = "wasm32"))]

mod recorded;

use std::collections::BTreeSet;

use hongyan::proto;
use prost::{DecodeError, Message};

use recorded::{bodies, unhex};

fn again<M: Message + Default>(bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
    M::decode(bytes).map(|message| message.encode_to_vec())
}

macro_rules! messages {
    ($name:expr, $bytes:expr; $($message:ident)*) => {
        match $name {
            $(
                // The names in the file and in Rust differ in the case of KV, MP and the like.
                name if name.eq_ignore_ascii_case(stringify!($message)) => {
                    again::<proto::$message>($bytes)
                }
            )*
            unknown => panic!("{unknown} is missing here or in rmtp.proto"),
        }
    };
}

fn reencoded(name: &str, bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
    messages! { name, bytes;
        Add2BlackListInput BlackListStatusInput BlockPushInput ChannelEvictionInput
        ChannelInfoInput ChannelInfoOutput ChannelInvitationInput ChrmInput ChrmKvOutput
        ChrmOutput ChrmPullMsg CleanHisMsgInput CreateDiscussionInput CreateDiscussionOutput
        DeleteChrmKv DeleteMsgInput DeleteMsgOutput DownStreamMessage DownStreamMessages
        GetQNdownloadUrlInput GetQNdownloadUrlOutput GetQNupTokenInput GetQNupTokenOutput
        GetUserStatusInput GetUserStatusOutput HistoryMessagesOuput HistoryMsgInput
        HistoryMsgOuput LeaveChannelInput McFollowInput MpFollowInput MpFollowOutput
        ModifyPermissionInput NotifyMsg PullMpInput PullMpOutput PullUserSettingInput
        PullUserSettingOutput QueryBlackListInput QueryBlackListOutput QueryChatroomInfoInput
        QueryChatroomInfoOutput QueryChrmKv RelationsInput RelationsOutput
        RemoveFromBlackListInput RenameChannelInput RtcDataInput RtcInput RtcKeyDeleteInput
        RtcOutput RtcQryOutput RtcQryUserOutDataInput RtcQueryListInput RtcRoomInfoOutput
        RtcSetDataInput RtcSetOutDataInput RtcTokenOutput RtcUserListOutput
        RtcUserOutDataOutput RtcValueInfo SearchMpInput SearchMpOutput SetChrmKv
        SetUserStatusInput SetUserStatusOutput SubUserStatusInput SubUserStatusOutput
        SyncRequestMsg UpStreamMessage VoipDynamicInput VoipDynamicOutput
    }
}

#[test]
fn every_recorded_body_is_written_again() {
    let mut names = BTreeSet::new();
    let mut count = 0;
    for body in bodies() {
        let bytes = unhex(body.frame["payloadHex"].as_str().expect("a payload"));
        let again = reencoded(&body.protobuf.message, &bytes);
        match body.protobuf.fields {
            Some(_) => assert_eq!(again.as_deref(), Ok(&*bytes), "{}: {again:?}", body.id),
            None => assert!(again.is_err(), "{}: 2.5.3 refused it too", body.id),
        }
        names.insert(body.protobuf.message);
        count += 1;
    }
    assert_eq!((count, names.len()), (LINES, MESSAGES), "lines with a body, kinds of message");
}

const LINES: usize = 698;
const MESSAGES: usize = 72;
