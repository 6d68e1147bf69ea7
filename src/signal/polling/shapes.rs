//! The fields of what travels by the JSON form, for every topic that this program knows.

use crate::signal::call::{AnswerForm, Call, Schema};
use crate::signal::topic::MessageTopic;
use crate::text::{split, split_once};

/// The two bodies of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Of the PUBLISH or QUERY.
    pub(super) body: Schema,
    /// Of the QUERYACK.
    pub(super) answer: Schema,
}

/// Nothing that is known: no fields.
pub(super) const NOTHING: Schema = Schema::new("");

/// What bodies of `topic` hold; [`NOTHING`] for one that is unknown.
pub(super) fn of(topic: &str) -> Shape {
    if MessageTopic::of(topic).is_some() {
        return Shape { body: Schema::new(UP_STREAM), answer: NOTHING };
    }
    if let Some((_, shape)) = all().find(|(names, _)| split(names, b' ').any(|name| name == topic))
    {
        return shape;
    }
    match Call::find(topic) {
        Some(Call { request, answer: AnswerForm::Body(answer), .. }) => {
            Shape { body: request, answer }
        }
        Some(Call { request, answer: AnswerForm::Status, .. }) => {
            Shape { body: request, answer: NOTHING }
        }
        None => Shape { body: NOTHING, answer: NOTHING },
    }
}

/// All there are besides the questions: their names, and what they hold.
fn all() -> impl Iterator<Item = (&'static str, Shape)> {
    split(SHAPES, b'\n').filter_map(parsed)
}

/// Reads a line: names, `>`, body, `>`, answer.
fn parsed(line: &'static str) -> Option<(&'static str, Shape)> {
    let (names, bodies) = split_once(line, b'>')?;
    let (body, answer) = split_once(bodies, b'>')?;
    Some((names, Shape { body: Schema::new(body), answer: Schema::new(answer) }))
}

/// `UpStreamMessage`.
const UP_STREAM: &str = "1n!sessionId 2s!classname 3s!content 4s:pushText 5s:appData 6s*userId \
    9n:configFlag 10i:clientUniqueId 11s:extraContent 13s:busChannel 22i:optionBits";

/// `DownStreamMessage`, its fields parted by `$part`.
macro_rules! message {
    ($part:literal) => {
        concat!(
            "1s!fromUserId",
            $part,
            "2n!type",
            $part,
            "3s:groupId",
            $part,
            "4s!classname",
            $part,
            "5s!content",
            $part,
            "6i!dataTime",
            $part,
            "7i!status",
            $part,
            "9s:msgId",
            $part,
            "10n:direction",
            $part,
            "14i:clientUniqueId",
            $part,
            "1000i:hySeq"
        )
    };
}

/// `DownStreamMessages`.
macro_rules! page {
    () => {
        concat!(
            "1m*list(",
            message!(","),
            ") 2i!syncTime 3b:finished 1000s:hyEpoch 1001i:hyHead \
             1002i:hyFirst"
        )
    };
}

/// `RelationsOutput`.
macro_rules! conversations {
    () => {
        concat!(
            "1m*info(1n!type,2s!userId,3m:msg(",
            message!(";"),
            "),4i:readMsgTime,\
             5i:unreadCount,11n:remindMeCount,1000i:hyPeerRead) 2b:isFinished 3i:pullTime \
             1000i:hyHead"
        )
    };
}

/// Names, body, answer.
const SHAPES: &str = concat!(
    "s_msg>",
    message!(" "),
    ">\n",
    "s_ntf>1n!type 2i:time 3s:chrmId 1000i:hyHead>\n",
    "s_cmd>1n!type 2i:time 3s:chrmId>\n",
    "s_stat>1s:status 2s:subUserId>\n",
    "s_us>1i!version 2b!reserve>\n",
    "rtc_ntf>1n!type 2i:time 3s:roomId>\n",
    "pullMsg>1i!syncTime 2b!ispolling 3b:isweb 4b:isPullSend 5b:isKeeping 6i:sendBoxSyncTime \
     1000i:hySeq 1001s:hyEpoch>",
    page!(),
    "\nchrmPull>1i!syncTime 2n!count>",
    page!(),
    "\nqryRelation>1n!type 3n:count 4n:offset 5i:startTime 6i:endTime>",
    conversations!(),
    "\nqryRelationR>1n:type 2n:count 3i:startTime 4n:order 5b:isEraseMsgContent 6i:endTime \
     9n*channelType 1000b:hyTop>",
    conversations!(),
    "\ndelRelation>1n!type>\n",
    "delRelationBatch>1m*relation(1s!conversationId,2n!conversationType,3s:busChannel) \
     2b:cleanMsg>\n",
    "cleanMsgBatch>1m*input(1s!targetId,2i!dataTime,3n:conversationType,4s:busChannel)>\n",
    "updRRTime>1n!type 2i!msgTime 3s!channelId 4s:busChannel>\n",
    "qryPMsg qryDMsg qryGMsg qryCMsg qrySMsg qryCHMsg>\
     1s:targetId 2i:time 3n:count 4n:order 5s:busChannel 1000s:hyUid>1m*list(",
    message!(","),
    ") 2i!syncTime 3n!hasMsg",
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::call::Kind;

    fn names(schema: Schema) -> Vec<&'static str> {
        schema.map(|field| field.name).collect()
    }

    /// Every field of every shape is read: the text of a schema ends where it makes no sense.
    #[test]
    fn shapes_are_read_to_their_ends() {
        fn fields(schema: Schema) -> usize {
            let within = |kind| if let Kind::Message(inner) = kind { fields(inner) } else { 0 };
            schema.map(|field| 1 + within(field.kind)).sum()
        }
        for line in split(SHAPES, b'\n') {
            let written = line.matches([':', '!', '*']).count();
            let (_, Shape { body, answer }) = parsed(line).expect(line);
            assert_eq!(fields(body) + fields(answer), written, "{line}");
        }
        assert_eq!(fields(Schema::new(UP_STREAM)), UP_STREAM.matches([':', '!', '*']).count());
    }

    #[test]
    fn every_kind_of_topic_has_its_shape() {
        assert_eq!(names(of("ppMsgP").body)[..3], ["sessionId", "classname", "content"]);
        assert_eq!(names(of("qryGMsg").answer), ["list", "syncTime", "hasMsg"]);
        assert_eq!(names(of("crDiz").body), ["name"]);
        assert_eq!(names(of("crDiz").answer), ["id"]);
        assert_eq!(of("blkPPush").answer, NOTHING);
        assert_eq!(of("nobody knows"), Shape { body: NOTHING, answer: NOTHING });
    }
}
