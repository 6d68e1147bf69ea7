//! The two forms of [`MessageFlags`] on the wire, and what the class of a message says of it.

use super::MessageFlags;

/// `DownStreamMessage.status`: another device has fetched the message.
const RETRIEVED: i64 = 2;
/// `DownStreamMessage.status`: kept, counted.
const STORED: i64 = 16 | 32;

impl MessageFlags {
    /// `UpStreamMessage.sessionId`.
    pub const fn to_session_id(self) -> i32 {
        self.persisted as i32
            | (self.counted as i32) << 1
            | (self.mentioned as i32) << 2
            | (self.silent as i32) << 5
            | (self.expandable as i32) << 6
    }

    /// The flags in an `UpStreamMessage.sessionId`; bits without a meaning are dropped.
    pub const fn from_session_id(bits: i32) -> Self {
        Self {
            persisted: bits & 1 != 0,
            counted: bits & 2 != 0,
            mentioned: bits & 4 != 0,
            silent: bits & 32 != 0,
            expandable: bits & 64 != 0,
        }
    }

    /// `DownStreamMessage.status`: each bit is sixteen times the one upstream.
    pub const fn to_status(self, retrieved: bool) -> i64 {
        (self.to_session_id() as i64) << 4 | if retrieved { RETRIEVED } else { 0 }
    }

    /// The flags in a `DownStreamMessage.status`, and whether it was retrieved.
    pub const fn from_status(status: i64) -> (Self, bool) {
        (Self::from_session_id((status >> 4) as i32), status & RETRIEVED != 0)
    }

    /// What the class of a message that somebody else sends says of it: for senders that set no
    /// flags. Unknown classes are kept and count.
    pub fn of_class(object_name: &str) -> Self {
        let (persisted, counted) = match object_name.strip_prefix("RC:") {
            Some(_) => of_class(object_name),
            None => (true, true),
        };
        Self { persisted, counted, ..Self::default() }
    }

    /// The same for a stored message, if its server leaves both stored bits out: then the class
    /// decides, as it does in the 2.x clients.
    pub(super) fn from_status_of_stored(status: i64, object_name: &str) -> (Self, bool) {
        let (mut flags, retrieved) = Self::from_status(status);
        if status & STORED == 0 {
            (flags.persisted, flags.counted) = of_class(object_name);
        }
        (flags, retrieved)
    }
}

/// Whether messages of this class are kept, and whether they count. Classes that are neither need
/// no line, and unknown classes have none: they are what the status says.
fn of_class(object_name: &str) -> (bool, bool) {
    match object_name {
        "RC:TxtMsg"
        | "RC:VcMsg"
        | "RC:HQVCMsg"
        | "RC:ImgMsg"
        | "RC:GIFMsg"
        | "RC:ImgTextMsg"
        | "RC:FileMsg"
        | "RC:SightMsg"
        | "RC:LBSMsg"
        | "RC:CombineMsg"
        | "RC:CombineV2Msg"
        | "RC:ReferenceMsg"
        | "RC:PSImgTxtMsg"
        | "RC:PSMultiImgTxtMsg"
        | "RCJrmf:RpMsg"
        | "RCJrmf:RpOpendMsg" => (true, true),
        "RC:DizNtf" | "RC:InfoNtf" | "RC:ContactNtf" | "RC:ProfileNtf" | "RC:CmdNtf"
        | "RC:GrpNtf" | "RC:RcCmd" | "RC:RcNtf" => (true, false),
        _ => (false, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_has_its_place() {
        let none = MessageFlags::default();
        let bits = [
            (MessageFlags { persisted: true, ..none }, 1, 16),
            (MessageFlags { counted: true, ..none }, 2, 32),
            (MessageFlags { mentioned: true, ..none }, 4, 64),
            (MessageFlags { silent: true, ..none }, 32, 512),
            (MessageFlags { expandable: true, ..none }, 64, 1024),
        ];
        for (flags, up, down) in bits {
            assert_eq!((flags.to_session_id(), flags.to_status(false)), (up, down));
            assert_eq!(MessageFlags::from_session_id(up), flags);
            assert_eq!(MessageFlags::from_status(down), (flags, false));
            assert_eq!(MessageFlags::from_status(down | 2), (flags, true));
            assert_eq!(flags.to_status(true), down | 2);
        }
    }

    #[test]
    fn bits_without_a_meaning_are_dropped() {
        assert_eq!(MessageFlags::from_session_id(8 | 16 | 128), MessageFlags::default());
        assert_eq!(MessageFlags::from_session_id(-1).to_session_id(), 0b110_0111);
    }

    #[test]
    fn the_class_decides_where_the_server_says_nothing() {
        let read = |status, class| MessageFlags::from_status_of_stored(status, class).0;
        assert_eq!(read(0, "RC:TxtMsg"), MessageFlags::NORMAL);
        assert_eq!(read(2, "RC:TxtMsg"), MessageFlags::NORMAL);
        assert!(read(64, "RC:TxtMsg").mentioned && read(64, "RC:TxtMsg").counted);
        assert!(!read(0, "RC:InfoNtf").counted && read(0, "RC:InfoNtf").persisted);
        assert_eq!(read(0, "RC:TypSts"), MessageFlags::default());
        assert_eq!(read(0, "app:own"), MessageFlags::default());
        assert!(!read(16, "RC:TxtMsg").counted, "what the server says holds");
    }
}
