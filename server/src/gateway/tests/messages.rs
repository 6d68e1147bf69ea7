//! Messages to groups and discussions, directed ones, recalls.

use super::*;

fn sent(ask: Ask) -> (ConversationId, String, Vec<UserId>, bool) {
    let Ask::Send { conversation, object_name, only_to, recall, .. } = ask else {
        panic!("{ask:?}")
    };
    (conversation, object_name.to_string(), only_to, recall)
}

#[test]
fn the_topic_tells_the_kind() {
    let body = "0803 120163 1a027b7d";
    for (topic, kind, flags) in [
        ("ppMsgP", ConversationKind::Private, MessageFlags::NORMAL),
        ("pdMsgP", ConversationKind::Discussion, MessageFlags::NORMAL),
        ("pgMsgP", ConversationKind::Group, MessageFlags::NORMAL),
        ("ppMsgS", ConversationKind::Private, MessageFlags::default()),
        ("pgMsgS", ConversationKind::Group, MessageFlags::default()),
    ] {
        let mut driven = Driven::level(false, 1);
        let (_, ask) = driven.asked(&publish(topic, "g", body));
        let Ask::Send { conversation, flags: found, .. } = ask else { panic!("{ask:?}") };
        assert_eq!((conversation, found), (ConversationId::new(kind, "g"), flags), "{topic}");
    }
}

#[test]
fn a_directed_message_names_its_receivers() {
    let mut driven = Driven::level(true, 1);
    let (_, ask) = driven.asked(&publish("pgMsgP", "g", "0803 120163 1a027b7d 320162 320163"));
    let users = vec![UserId::from("b"), UserId::from("c")];
    let group = ConversationId::new(ConversationKind::Group, "g");
    assert_eq!(sent(ask), (group, "c".to_owned(), users, false));
}

#[test]
fn a_recall_is_of_the_conversation_in_its_content() {
    let content = r#"{"messageUId":"u","conversationType":3,"targetId":"g"}"#;
    let body =
        format!("0801 1208{} 1a{:02x}{}", hex(b"RC:RcCmd"), content.len(), hex(content.as_bytes()));
    let mut driven = Driven::level(false, 1);
    let (id, ask) = driven.asked(&publish("recallMsg", "me", &body));
    let Ask::Send { original, .. } = &ask else { panic!("{ask:?}") };
    assert_eq!((&*original.topic, &*original.target), ("recallMsg", "me"));
    let group = ConversationId::new(ConversationKind::Group, "g");
    assert_eq!(sent(ask), (group, "RC:RcCmd".to_owned(), vec![], true));
    driven.told(id, Told::Refused(25101));
    assert_eq!(driven.sent(), ["40 0003 5f5e1000 620d 0000 0000".replace(' ', "")]);
    driven.receive(&publish("recallMsg", "me", "0801 120163 1a027b7d"));
    assert_eq!(driven.sent(), ["40 0003 5f5e1000 80eb 0000 0000".replace(' ', "")]);
}

#[test]
fn a_row_of_a_group_names_who_wrote_it_and_the_group() {
    let of_group = |own: bool| InboxRow {
        conversation: ConversationId::new(ConversationKind::Group, "g"),
        flags: MessageFlags { mentioned: !own, ..MessageFlags::NORMAL },
        ..row(4, if own { "me" } else { "you" })
    };
    let mut driven = Driven::level(true, 3);
    driven.notice(Notice::Row(of_group(false)));
    // fromUserId you, type 3, groupId g; status 16 + 32 + 64, direction 2
    let pushed = driven.sent().remove(0);
    assert!(pushed.contains("0a03796f75 1003 1a0167".replace(' ', "").as_str()), "{pushed}");
    assert!(pushed.contains("3870") && pushed.contains("5002"), "{pushed}");
    let mut driven = Driven::greeted(false, 4);
    let (id, _) = driven.asked(FIRST_PULL);
    driven.told(id, page(&[of_group(true)], 4));
    let answer = driven.sent().remove(0);
    // fromUserId me; direction 1
    assert!(answer.contains("0a026d65 1003 1a0167".replace(' ', "").as_str()), "{answer}");
    assert!(answer.contains("3830") && answer.contains("5001"), "{answer}");
}

#[test]
fn a_copy_that_is_not_kept_has_no_uid() {
    let mut driven = Driven::level(false, 3);
    let copy = Stored { uid: MessageUid::default(), own_seq: 0, ..stored(4) };
    let original = SyncFrame { topic: "pgMsgP".into(), target: "g".into(), body: unhex("0800") };
    driven.notice(Notice::SyncCopy { original, stored: copy });
    let sent = driven.sent();
    assert_eq!(sent[0], "3a 5f5e1000 0006 70674d736750 0001 67 ffff 0800".replace(' ', ""));
    assert_eq!(sent[1], "40 ffff 5f5e1000 0000 0004 0000".replace(' ', ""));
}

#[test]
fn a_conversation_tells_mentions_and_the_other_sides_reading() {
    for (extended, expected) in [(false, false), (true, true)] {
        let mut driven = Driven::level(extended, 3);
        let (id, _) = driven.asked(&query("qryRelationR", "me", "1005 1800 2000"));
        let row = ConversationRow {
            latest: row(3, "you"),
            unread: 5,
            mentions: 2,
            pinned: false,
            read_time: UnixMillis::ZERO,
            peer_read: UnixMillis::new(7),
        };
        driven.told(id, Told::Conversations(vec![row], 3));
        let sent = driven.sent().remove(0);
        // readMsgTime 0, unreadCount 5, remindMeCount 2; hyPeerRead 7
        assert!(sent.contains("2000 2805 5802".replace(' ', "").as_str()), "{sent}");
        assert_eq!(sent.contains("c03e07"), expected, "{sent}");
    }
}
