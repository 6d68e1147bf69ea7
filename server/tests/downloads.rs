//! Downloads over real HTTP: names, headers, ranges.

#![allow(clippy::unwrap_used)]

mod support;

use support::Server;
use support::uploader::{FILE, IMAGE, PNG, Uploader, call, get};

#[tokio::test]
async fn f11_names_lead_nowhere() {
    let server = Server::start(&[]).await;
    let ann = Uploader::new(&server, "ann", FILE).await;
    for (name, shown) in [
        ("../../../../tmp/evil.sh", "evil.sh"),
        ("..\\..\\evil.sh", "evil.sh"),
        ("a\r\nX-Evil: 1.txt", "aX-Evil%3A%201.txt"),
        ("\"; filename=\"x.html", "%22%3B%20filename%3D%22x.html"),
        ("雁.png", "%E9%9B%81.png"),
        ("", "file"),
    ] {
        let path = ann.upload(name, b"x").await;
        assert_eq!(path.split('/').next_back(), Some(shown), "{name}");
        let told = get(&server, &path, "").await;
        let disposition = format!("attachment; filename*=UTF-8''{shown}");
        assert_eq!(told.header("content-disposition"), Some(&*disposition));
        assert_eq!(told.header("x-evil"), None);
        // The name in the address decides nothing.
        let id = path.split('/').nth(2).unwrap();
        let renamed = get(&server, &format!("/file/{id}/other.html"), "").await;
        assert_eq!(renamed.header("content-disposition"), Some(&*disposition));
        assert_eq!(renamed.header("content-type"), Some("application/octet-stream"));
    }
    for path in [
        "/file/../../hongyan.db/x",
        "/file/%2e%2e%2f%2e%2e/x",
        "/file/1-AAAAAAAAAAAAAAAAAAAAAA/x",
        "/file/1-AAAAAAAAAAAAAAAAAAAAA%2f/x",
        "/file/1-%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e/x",
        "/file//x",
    ] {
        assert!(matches!(get(&server, path, "").await.status, 404), "{path}");
    }
    assert_eq!(get(&server, "/file", "").await.status, 405, "there is no list");
    server.stop().await;
}

#[tokio::test]
async fn files_are_served_so_that_nothing_in_them_runs() {
    let server = Server::start(&[]).await;
    let image = Uploader::new(&server, "ann", IMAGE).await.upload("x.png", PNG).await;
    let html = b"<script>alert(1)</script>";
    let page = Uploader::new(&server, "ann", FILE).await.upload("x.html", html).await;
    for (path, kind) in [(&image, "image/png"), (&page, "application/octet-stream")] {
        let told = get(&server, path, "Origin: https://chat.example\r\n").await;
        assert_eq!((told.status, told.header("content-type")), (200, Some(kind)));
        assert!(told.header("content-disposition").unwrap().starts_with("attachment"));
        assert_eq!(told.header("x-content-type-options"), Some("nosniff"));
        let policy = told.header("content-security-policy").unwrap();
        assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
        assert_eq!(told.header("access-control-allow-origin"), Some("*"));
        assert_eq!(told.header("cross-origin-resource-policy"), Some("cross-origin"));
        assert!(told.header("cache-control").unwrap().contains("immutable"));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_range_is_a_part_of_the_file() {
    let server = Server::start(&[]).await;
    let path = Uploader::new(&server, "ann", FILE).await.upload("a", b"0123456789").await;
    for (range, status, body, place) in [
        ("bytes=0-3", 206, &b"0123"[..], Some("bytes 0-3/10")),
        ("bytes=7-", 206, b"789", Some("bytes 7-9/10")),
        ("bytes=-2", 206, b"89", Some("bytes 8-9/10")),
        ("bytes=0-99", 206, b"0123456789", Some("bytes 0-9/10")),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
    ] {
        let told = get(&server, &path, &format!("Range: {range}\r\n")).await;
        assert_eq!((told.status, &told.body[..]), (status, body), "{range}");
        assert_eq!(told.header("content-range"), place);
    }
    let beyond = get(&server, &path, "Range: bytes=10-\r\n").await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */10")));
    let head = call(&server, "HEAD", &path, "", b"").await;
    assert_eq!((head.status, head.header("content-length")), (200, Some("10")));
    assert_eq!(head.header("accept-ranges"), Some("bytes"));
    assert!(head.body.is_empty());
    let tag = head.header("etag").unwrap();
    let known = get(&server, &path, &format!("If-None-Match: {tag}\r\n")).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    server.stop().await;
}
