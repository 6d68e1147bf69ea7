//! Public services.

use std::sync::Arc;

use hongyan::ids::{ConversationId, ConversationKind};

use super::super::{Following, MAX_SERVICES, Profile, PublicService, Store};
use super::support::*;

fn news(target: &str) -> ConversationId {
    ConversationId::new(ConversationKind::PublicService, target)
}

fn service(id: ConversationId) -> PublicService {
    PublicService {
        id,
        name: "Hongyan 新闻".into(),
        portrait: "https://example.com/a.png".into(),
        introduction: "What is new".into(),
        menu: r#"[{"id":"1"}]"#.into(),
        robot: "{}".into(),
        everybody: false,
        changed: at(3),
    }
}

fn said(target: &str, follows: bool, ms: i64) -> Following {
    Following { service: news(target), follows, time: at(ms) }
}

pub async fn a_service_is_kept_changed_and_removed<S: Store>(store: Arc<S>) {
    assert_eq!(store.service(&news("n")).await, Ok(None));
    let first = service(news("n"));
    assert_eq!(store.put_service(first.clone()).await, Ok(true));
    assert_eq!(store.service(&news("n")).await, Ok(Some(first.clone())));
    let next = PublicService { name: "News".into(), everybody: true, changed: at(9), ..first };
    assert_eq!(store.put_service(next.clone()).await, Ok(true));
    assert_eq!(store.service(&news("n")).await, Ok(Some(next)));
    store.follow(&user("a"), said("n", true, 1)).await.unwrap();
    assert_eq!(store.remove_service(&news("n")).await, Ok(true));
    assert_eq!(store.remove_service(&news("n")).await, Ok(false));
    assert_eq!(store.service(&news("n")).await, Ok(None));
    assert_eq!(store.followings(&user("a")).await, Ok(Vec::new()));
}

pub async fn services_come_by_kind_and_id<S: Store>(store: Arc<S>) {
    let app = ConversationId::new(ConversationKind::AppPublicService, "n");
    for id in [news("n"), app.clone(), news("a")] {
        store.put_service(service(id)).await.unwrap();
    }
    let ids: Vec<_> = store.services().await.unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(ids, [app, news("a"), news("n")]);
}

pub async fn who_follows_is_known_from_both_sides<S: Store>(store: Arc<S>) {
    for id in ["n", "m"] {
        store.put_service(service(news(id))).await.unwrap();
    }
    for (name, target, follows) in
        [("b", "n", true), ("a", "n", true), ("a", "m", false), ("b", "n", false)]
    {
        assert_eq!(store.follow(&user(name), said(target, follows, 2)).await, Ok(true));
    }
    assert_eq!(store.followers(&news("n")).await, Ok(users(&["a"])));
    assert_eq!(store.followers(&news("m")).await, Ok(Vec::new()));
    let of_a = vec![said("m", false, 2), said("n", true, 2)];
    assert_eq!(store.followings(&user("a")).await, Ok(of_a));
    assert_eq!(store.followings(&user("c")).await, Ok(Vec::new()));
}

pub async fn everybody_follows_who_did_not_say_otherwise<S: Store>(store: Arc<S>) {
    let all = PublicService { everybody: true, ..service(news("n")) };
    store.put_service(all).await.unwrap();
    for name in ["c", "a", "b"] {
        store.put_profile(&user(name), Profile::default()).await.unwrap();
    }
    store.follow(&user("b"), said("n", false, 1)).await.unwrap();
    store.follow(&user("unheard"), said("n", true, 1)).await.unwrap();
    assert_eq!(store.followers(&news("n")).await, Ok(users(&["a", "c", "unheard"])));
}

pub async fn nobody_follows_what_is_not_there<S: Store>(store: Arc<S>) {
    assert_eq!(store.follow(&user("a"), said("n", true, 1)).await, Ok(false));
    assert_eq!(store.followings(&user("a")).await, Ok(Vec::new()));
    assert_eq!(store.followers(&news("n")).await, Ok(Vec::new()));
}

pub async fn there_are_not_too_many_services<S: Store>(store: Arc<S>) {
    for number in 0..MAX_SERVICES {
        let put = store.put_service(service(news(&number.to_string()))).await;
        assert_eq!(put, Ok(true));
    }
    assert_eq!(store.put_service(service(news("one more"))).await, Ok(false));
    assert_eq!(store.service(&news("one more")).await, Ok(None));
    assert_eq!(store.put_service(service(news("7"))).await, Ok(true), "one that is there");
}
