//! The groups that accounts run, over real HTTP.

#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use serde_json::{Value, json};
use support::accounts::{ask, done, refused, registered};
use support::{Client, Server};

#[tokio::test]
async fn accounts_run_their_groups() {
    for server in [Server::start(&[]).await, Server::start_sqlite(&[]).await] {
        let (a, _) = registered(&server, "a-a").await;
        let (b, _) = registered(&server, "b-b").await;
        let (c, _) = registered(&server, "c-c").await;
        let make = json!({ "name": "geese", "userIds": ["b-b"] });
        let group = done(&server, &a, "/account/groups/create", make).await;
        let id = group["groupId"].clone();
        let with = |mut body: Value| {
            body["groupId"] = id.clone();
            body
        };
        let join = with(json!({}));
        assert_eq!(refused(&server, &c, "/account/groups/join", join.clone()).await, (404, 22406));
        let invite = with(json!({ "userIds": ["c-c"] }));
        let path = "/account/groups/invite";
        assert_eq!(refused(&server, &b, path, invite.clone()).await, (403, 20406));
        let role = with(json!({ "userId": "b-b", "role": "manager" }));
        assert_eq!(refused(&server, &b, "/account/groups/role", role.clone()).await, (403, 20406));
        done(&server, &a, "/account/groups/role", role).await;
        let told = done(&server, &b, path, invite).await;
        assert_eq!(told["role"], "manager");
        assert_eq!(told["members"].as_array().unwrap().len(), 3);
        let name = with(json!({ "name": "swans" }));
        assert_eq!(
            refused(&server, &c, "/account/groups/rename", name.clone()).await,
            (403, 20406)
        );
        assert_eq!(done(&server, &b, "/account/groups/rename", name).await["name"], "swans");
        let out = |user: &str| with(json!({ "userId": user }));
        let path = "/account/groups/remove";
        assert_eq!(refused(&server, &b, path, out("a-a")).await, (403, 20406));
        assert_eq!(refused(&server, &c, path, out("b-b")).await, (403, 20406));
        done(&server, &b, path, out("c-c")).await;
        assert_eq!(done(&server, &c, "/account/groups", json!({})).await["groups"], json!([]));
        let owner = with(json!({ "userId": "b-b", "role": "owner" }));
        done(&server, &a, "/account/groups/role", owner).await;
        assert_eq!(
            refused(&server, &a, "/account/groups/dismiss", with(json!({}))).await,
            (403, 20406)
        );
        done(&server, &a, "/account/groups/leave", with(json!({}))).await;
        done(&server, &b, "/account/groups/dismiss", with(json!({}))).await;
        assert_eq!(done(&server, &b, "/account/groups", json!({})).await["groups"], json!([]));
        let gone = refused(&server, &b, "/account/groups/join", with(json!({}))).await;
        assert_eq!(gone, (404, 22406));
        server.stop().await;
    }
}

#[tokio::test]
async fn an_open_group_is_joined_by_who_knows_it_and_its_members_hear_of_it() {
    let server = Server::start(&[]).await;
    let (a, told) = registered(&server, "a-a").await;
    let (b, _) = registered(&server, "b-b").await;
    let make = json!({ "name": "geese", "open": true });
    let group = done(&server, &a, "/account/groups/create", make).await;
    let id = json!({ "groupId": group["groupId"] });
    done(&server, &b, "/account/groups/join", id.clone()).await;
    done(&server, &b, "/account/groups/join", id.clone()).await;
    done(&server, &b, "/account/groups/leave", id).await;
    let mut link = Client::login(&server.url(told["token"].as_str().unwrap(), ""), "a-a").await;
    let operations: Vec<String> = link
        .pull_all()
        .await
        .iter()
        .map(|message| {
            assert_eq!(message.object_name, "RC:GrpNtf");
            let content: Value = serde_json::from_slice(&message.content).unwrap();
            content["operation"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(operations, ["Create", "Add", "Quit"]);
    server.stop().await;
}

#[tokio::test]
async fn groups_of_the_applications_server_are_listed_and_no_more() {
    let server = Server::start(&[]).await;
    let (a, _) = registered(&server, "a-a").await;
    let (b, _) = registered(&server, "b-b").await;
    let token = ask(&server, "/demo/sign-in", &json!({ "name": "x" })).await.1["token"].clone();
    let body = json!({ "token": token, "name": "geese", "members": ["a-a"] });
    let id = json!({ "groupId": ask(&server, "/demo/groups", &body).await.1["groupId"] });
    let told = done(&server, &a, "/account/groups", json!({})).await;
    assert_eq!(
        (&told["groups"][0]["name"], &told["groups"][0]["run"]),
        (&json!("geese"), &json!(false))
    );
    assert_eq!(refused(&server, &a, "/account/groups/leave", id.clone()).await, (403, 20406));
    assert_eq!(refused(&server, &b, "/account/groups/join", id).await, (404, 22406));
    server.stop().await;
}
