//! CONNECT, type 1, client to server: for clients that do not put their credentials in a URL.

use bytestring::ByteString;

use super::header::{FrameType, Header};
use super::reader::Reader;
use super::writer::Writer;
use super::{DecodeError, EncodeError};

/// See [`Frame::Connect`](super::Frame::Connect).
///
/// ```text
/// 0x10 | utf name | u8 version | u8 flags | u16 keepAlive | utf clientId
///      | utf willTopic, utf will if 4 | utf appId if 128 | utf token if 64
/// flags: 128 appId, 64 token, 32 will retained, 16 and 8 qos of the will, 4 will, 2 clean session
/// ```
///
/// The published clients' own code differs twice, and no published client sends the frame: its
/// writer loses the qos of the will, its reader takes clean session from bit 32.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// "RCloud".
    pub protocol_name: ByteString,
    /// 3.
    pub protocol_version: u8,
    /// Whether the server shall forget an earlier session.
    pub clean_session: bool,
    /// Whether the will is retained (flag 32).
    pub will_retain: bool,
    /// Qos of the will (flags 8 and 16), 0 to 3.
    pub will_qos: u8,
    /// Seconds.
    pub keep_alive: u16,
    /// 1 to 64 characters.
    pub client_id: ByteString,
    /// Topic and text of the will, if there is one (flag 4).
    pub will: Option<(ByteString, ByteString)>,
    /// App key (flag 128).
    pub app_id: Option<ByteString>,
    /// Token (flag 64).
    pub token: Option<ByteString>,
}

const FLAG_APP_ID: u8 = 128;
const FLAG_TOKEN: u8 = 64;
const FLAG_WILL_RETAIN: u8 = 32;
const WILL_QOS_SHIFT: u8 = 3;
const FLAG_WILL: u8 = 4;
const FLAG_CLEAN_SESSION: u8 = 2;

impl Connect {
    pub(super) fn decode(mut reader: Reader<'_>) -> Result<Self, DecodeError> {
        let protocol_name = reader.string("protocolName")?;
        let protocol_version = reader.u8("protocolVersion")?;
        let flags = reader.u8("flags")?;
        let keep_alive = reader.u16("keepAlive")?;
        let client_id = reader.string("clientId")?;
        if !is_client_id(&client_id) {
            return Err(DecodeError::ClientIdLength);
        }
        let mut optional = |flag: u8, field| match flags & flag {
            0 => Ok(None),
            _ => reader.string(field).map(Some),
        };
        let will_topic = optional(FLAG_WILL, "willTopic")?;
        let will_text = optional(FLAG_WILL, "will")?;
        let app_id = optional(FLAG_APP_ID, "appId")?;
        let token = optional(FLAG_TOKEN, "token")?;
        reader.end(FrameType::Connect.name())?;
        Ok(Self {
            protocol_name,
            protocol_version,
            clean_session: flags & FLAG_CLEAN_SESSION != 0,
            will_retain: flags & FLAG_WILL_RETAIN != 0,
            will_qos: flags >> WILL_QOS_SHIFT & 3,
            keep_alive,
            client_id,
            will: will_topic.zip(will_text),
            app_id,
            token,
        })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if !is_client_id(&self.client_id) {
            return Err(EncodeError::ClientIdLength);
        }
        if self.will_qos > 3 {
            return Err(EncodeError::WillQos);
        }
        Writer::frame(out, Header::plain(FrameType::Connect), |writer| {
            writer.string(&self.protocol_name, "protocolName")?;
            writer.u8(self.protocol_version)?;
            writer.u8(self.flags())?;
            writer.u16(self.keep_alive)?;
            writer.string(&self.client_id, "clientId")?;
            if let Some((topic, text)) = &self.will {
                writer.string(topic, "willTopic")?;
                writer.string(text, "will")?;
            }
            if let Some(app_id) = &self.app_id {
                writer.string(app_id, "appId")?;
            }
            if let Some(token) = &self.token {
                writer.string(token, "token")?;
            }
            Ok(())
        })
    }

    fn flags(&self) -> u8 {
        let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
        flag(self.app_id.is_some(), FLAG_APP_ID)
            | flag(self.token.is_some(), FLAG_TOKEN)
            | flag(self.will_retain, FLAG_WILL_RETAIN)
            | self.will_qos << WILL_QOS_SHIFT
            | flag(self.will.is_some(), FLAG_WILL)
            | flag(self.clean_session, FLAG_CLEAN_SESSION)
    }
}

fn is_client_id(text: &str) -> bool {
    (1..=64).contains(&text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::super::Direction::{ClientToServer, ServerToClient};
    use super::super::Frame;
    use super::super::testing::*;
    use super::*;

    const VECTOR: &str = "10 0006 52436c6f7564 03 c2 003c 0003 636964 0001 41 0001 54";

    fn plain() -> Connect {
        Connect {
            protocol_name: "RCloud".into(),
            protocol_version: 3,
            clean_session: true,
            will_retain: false,
            will_qos: 0,
            keep_alive: 60,
            client_id: "cid".into(),
            will: None,
            app_id: Some("A".into()),
            token: Some("T".into()),
        }
    }

    #[test]
    fn the_vector() {
        assert_both_ways(VECTOR, ClientToServer, &Frame::Connect(plain()), |_| false);
    }

    #[test]
    fn each_flag_has_its_own_bit() {
        let bare = Connect { clean_session: false, app_id: None, token: None, ..plain() };
        let bytes = |flags: &str, tail: &str| {
            format!("10 0006 52436c6f7564 03 {flags} 003c 0003 636964 {tail}")
        };
        let will = Some(("w".into(), "x".into()));
        for (flags, tail, connect) in [
            ("00", "", bare.clone()),
            ("02", "", Connect { clean_session: true, ..bare.clone() }),
            ("04", "0001 77 0001 78", Connect { will, ..bare.clone() }),
            ("08", "", Connect { will_qos: 1, ..bare.clone() }),
            ("10", "", Connect { will_qos: 2, ..bare.clone() }),
            ("20", "", Connect { will_retain: true, ..bare.clone() }),
            ("40", "0001 54", Connect { token: Some("T".into()), ..bare.clone() }),
            ("80", "0001 41", Connect { app_id: Some("A".into()), ..bare.clone() }),
        ] {
            let frame = Frame::Connect(connect);
            assert_both_ways(&bytes(flags, tail), ClientToServer, &frame, |_| false);
        }
    }

    #[test]
    fn a_client_id_has_1_to_64_characters() {
        let refused = "10 0006 52436c6f7564 03 02 003c 0000";
        assert_eq!(decode(refused, ClientToServer), Err(DecodeError::ClientIdLength));
        let with =
            |client_id: String| Frame::Connect(Connect { client_id: client_id.into(), ..plain() });
        assert_eq!(with("中".repeat(64)).encode(&mut Vec::new()), Ok(()));
        for client_id in [String::new(), "x".repeat(65)] {
            let refused = with(client_id).encode(&mut Vec::new());
            assert_eq!(refused, Err(EncodeError::ClientIdLength));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let qos = Frame::Connect(Connect { will_qos: 4, ..plain() });
        assert_eq!(qos.encode(&mut Vec::new()), Err(EncodeError::WillQos));
        let leftover = format!("{VECTOR} 00");
        assert_eq!(decode(&leftover, ClientToServer), Err(DecodeError::Leftover("CONNECT")));
        assert_eq!(decode(VECTOR, ServerToClient), Err(DecodeError::WrongDirection("CONNECT")));
    }
}
