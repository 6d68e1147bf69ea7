//! Uploads over real HTTP: tokens, limits, pieces, forms.

#![allow(clippy::unwrap_used)]

mod support;

use hongyan::proto::{GetQNdownloadUrlInput, GetQNdownloadUrlOutput, GetQNupTokenInput};
use prost::Message;
use serde_json::Value;
use support::uploader::{FILE, IMAGE, PNG, Uploader, ask, call, get, token_of};
use support::{SECRET, Server};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_client_is_told_where_to_upload_and_with_which_token() {
    let server = Server::start(&[]).await;
    let mut old = server.old("ann").await;
    for kind in 1..=4 {
        let answer = token_of(&mut old, kind).await;
        assert!(!answer.token.is_empty() && answer.deadline > 1_700_000_000_000);
        assert_eq!(answer.hy_upload, None, "old clients see no field of the extensions");
    }
    for kind in [0, 5, -1] {
        let asked = GetQNupTokenInput { r#type: kind, ..GetQNupTokenInput::default() };
        assert_eq!(ask(&mut old, "qnTkn", asked.encode_to_vec()).await.status, 41001);
    }
    assert_eq!(ask(&mut old, "qnTkn", vec![0xFF]).await.status, 33003);
    let mut extended = server.extended("bob", "d").await;
    let answer = token_of(&mut extended, IMAGE).await;
    assert_eq!(answer.hy_upload, Some(format!("http://{}/file", server.address)));
    server.stop().await;
}

#[tokio::test]
async fn a_files_address_is_made_of_its_key() {
    let server = Server::start(&[]).await;
    let ann = Uploader::new(&server, "ann", FILE).await;
    let path = ann.upload("a b.txt", b"hello").await;
    let key = path.split('/').nth(2).unwrap();
    let mut old = server.old("bob").await;
    let asked = |kind: i32, key: &str| {
        let key = key.to_owned();
        let asked = GetQNdownloadUrlInput { r#type: kind, key, file_name: Some("a b.txt".into()) };
        asked.encode_to_vec()
    };
    let answer = ask(&mut old, "qnUrl", asked(FILE, key)).await;
    let url = GetQNdownloadUrlOutput::decode(answer.body).unwrap().download_url;
    assert_eq!((answer.status, url), (0, format!("http://{}{path}", server.address)));
    assert_eq!(get(&server, &path, "").await.body, b"hello");
    for (kind, key, status) in [(9, key, 41001), (FILE, "../../x", 33003), (FILE, "", 33003)] {
        assert_eq!(ask(&mut old, "qnUrl", asked(kind, key)).await.status, status);
    }
    server.stop().await;
}

#[tokio::test]
async fn without_a_good_token_nothing_goes_in() {
    let server = Server::start(&[]).await;
    let ann = Uploader::new(&server, "ann", FILE).await;
    let place = ann.begun(3, "a").await;
    let expired = {
        // As the server would have made it at the beginning of time.
        let secret = hongyan_server::config::Secret::parse(SECRET).unwrap();
        let credentials = hongyan_server::net::Credentials::new(&support::config(&[]), &secret);
        let now = hongyan::time::UnixMillis::new(1);
        credentials.issue_upload(&"ann".into(), now).unwrap()
    };
    let login = server.token("ann");
    let half = &ann.token[..ann.token.len() - 1];
    for token in ["", "x", half, &login, &expired] {
        let other = Uploader { server: &server, token: token.to_owned() };
        assert_eq!(other.begin(3, "a").await.status, 401, "{token}");
        let told = other.piece(&place, 0, b"abc").await;
        assert_eq!((told.status, told.code()), (401, 33086));
        assert_eq!(other.head(&place).await.status, 401);
        assert_eq!(other.call("DELETE", &place, "", b"").await.status, 401);
    }
    let bob = Uploader::new(&server, "bob", FILE).await;
    assert_eq!(bob.head(&place).await.status, 404);
    assert_eq!(bob.piece(&place, 0, b"abc").await.code(), 33083);
    assert_eq!(ann.head(&place).await.header("upload-offset"), Some("0"));
    server.stop().await;
}

#[tokio::test]
async fn limits_are_told_before_a_byte_is_taken() {
    let flags = ["--upload-max-bytes=100", "--upload-image-bytes=10", "--upload-day-bytes=150"];
    let server = Server::start(&flags).await;
    let image = Uploader::new(&server, "ann", IMAGE).await;
    let file = Uploader::new(&server, "ann", FILE).await;
    for (told, status, code) in [
        (image.begin(11, "a").await, 413, 26106),
        (file.begin(101, "a").await, 413, 26106),
        (file.begin(0, "a").await, 400, 33003),
        (file.call("POST", "/file", "", b"").await, 400, 33003),
        (file.call("POST", "/file", "Upload-Length: x\r\n", b"").await, 400, 33003),
        (file.call("POST", "/file", "Upload-Length: -1\r\n", b"").await, 400, 33003),
    ] {
        assert_eq!((told.status, told.code()), (status, code));
        assert_eq!(told.header("access-control-allow-origin"), Some("*"));
    }
    let metadata = "Upload-Length: 1\r\nUpload-Metadata: filename *\r\n";
    assert_eq!(file.call("POST", "/file", metadata, b"").await.status, 400);
    assert_eq!(file.begin(100, "a").await.status, 201);
    let told = file.begin(51, "b").await;
    assert_eq!((told.status, told.code()), (429, 33082));
    assert_eq!(file.begin(50, "b").await.status, 201);
    server.stop().await;
    let off = Server::start(&["--upload-max-bytes=0"]).await;
    let asked = GetQNupTokenInput { r#type: FILE, ..GetQNupTokenInput::default() };
    let answer = ask(&mut off.old("ann").await, "qnTkn", asked.encode_to_vec()).await;
    assert_eq!(answer.status, 41002);
    off.stop().await;
}

#[tokio::test]
async fn content_that_is_not_what_it_claims_is_refused_and_gone() {
    let server = Server::start(&[]).await;
    let ann = Uploader::new(&server, "ann", IMAGE).await;
    let mut long = b"<html><script>alert(1)</script>".to_vec();
    long.resize(20_000, b' ');
    for bytes in [&b"<svg onload=alert(1)>"[..], b"GI", &long] {
        let place = ann.begun(bytes.len(), "a.png").await;
        let told = ann.piece(&place, 0, bytes).await;
        assert_eq!((told.status, told.code()), (415, 33081));
        assert_eq!(ann.head(&place).await.status, 404);
    }
    // A client that still sends gets the answer, too.
    long.resize(16_000_000, b' ');
    let place = ann.begun(long.len(), "a.png").await;
    let told = ann.piece(&place, 0, &long).await;
    assert_eq!((told.code(), told.taken), (33081, true));
    // Known as soon as the first 8 KiB are there.
    let place = ann.begun(long.len(), "a.png").await;
    assert_eq!(ann.piece(&place, 0, &long[..4_000]).await.status, 204);
    assert_eq!(ann.piece(&place, 4_000, &long[4_000..9_000]).await.status, 415);
    server.stop().await;
}

#[tokio::test]
async fn an_upload_goes_on_at_every_border() {
    let server = Server::start(&[]).await;
    let ann = Uploader::new(&server, "ann", IMAGE).await;
    for border in 0..=PNG.len() {
        let place = ann.begun(PNG.len(), "x.png").await;
        let first = ann.piece(&place, 0, &PNG[..border]).await;
        assert_eq!(first.status, 204, "{border}");
        let head = ann.head(&place).await;
        assert_eq!(head.header("upload-offset").unwrap(), border.to_string());
        assert_eq!(head.header("upload-length").unwrap(), PNG.len().to_string());
        assert_eq!(head.header("content-location").is_some(), border == PNG.len());
        let again = ann.piece(&place, border + 1, b"x").await;
        assert_eq!((again.status, again.code()), (409, 33084));
        assert_eq!(again.header("upload-offset").unwrap(), border.to_string());
        let last = ann.piece(&place, border, &PNG[border..]).await;
        let path = last.header("content-location").unwrap();
        assert_eq!(get(&server, path, "").await.body, PNG);
    }
    server.stop().await;
}

#[tokio::test]
async fn what_came_of_a_broken_piece_is_kept() {
    let server = Server::start(&[]).await;
    let ann = Uploader::new(&server, "ann", FILE).await;
    let place = ann.begun(100_000, "a").await;
    let headers = ann.headers(
        "Upload-Offset: 0\r\nContent-Length: 100000\r\nContent-Type: application/offset+octet-stream\r\n",
    );
    let request = format!("PATCH {place} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    let mut hanging = TcpStream::connect(&server.address).await.unwrap();
    hanging.write_all(request.as_bytes()).await.unwrap();
    hanging.write_all(&[7; 60_000]).await.unwrap();
    // The old request still hangs there; a question makes it yield.
    let mut offset = 0;
    while offset < 60_000 {
        let head = ann.head(&place).await;
        offset = head.header("upload-offset").unwrap().parse().unwrap();
        if offset < 60_000 {
            // It yielded before all had come: the rest of that connection is lost.
            break;
        }
    }
    let told = ann.piece(&place, offset, &vec![7; 100_000 - offset]).await;
    let path = told.header("content-location").unwrap();
    assert_eq!(get(&server, path, "").await.body, vec![7; 100_000]);
    drop(hanging);
    server.stop().await;
}

#[tokio::test]
async fn of_pieces_at_the_same_time_no_byte_is_mixed() {
    let server = Server::start(&[]).await;
    let ann = Uploader::new(&server, "ann", FILE).await;
    let bytes: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
    let place = ann.begun(bytes.len(), "a").await;
    let mut offset = 0;
    while offset < bytes.len() {
        let end = (offset + 70_000).min(bytes.len());
        let piece = &bytes[offset..end];
        let told = tokio::join!(
            ann.piece(&place, offset, piece),
            ann.piece(&place, offset, piece),
            ann.piece(&place, offset, piece),
        );
        for told in [told.0, told.1, told.2] {
            assert!(matches!(told.status, 204 | 409), "{told:?}");
        }
        offset = ann.head(&place).await.header("upload-offset").unwrap().parse().unwrap();
    }
    let path = ann.head(&place).await.header("content-location").unwrap().to_owned();
    assert!(get(&server, &path, "").await.body == bytes);
    server.stop().await;
}

#[tokio::test]
async fn more_than_was_said_is_refused() {
    let server = Server::start(&[]).await;
    let ann = Uploader::new(&server, "ann", FILE).await;
    let place = ann.begun(3, "a").await;
    assert_eq!(ann.piece(&place, 0, b"abcd").await.status, 413);
    let path = ann.piece(&place, 0, b"abc").await.header("content-location").unwrap().to_owned();
    assert_eq!(get(&server, &path, "").await.body, b"abc");
    server.stop().await;
}

#[tokio::test]
async fn a_cancelled_upload_is_gone_and_a_file_is_not() {
    let server = Server::start(&[]).await;
    let ann = Uploader::new(&server, "ann", FILE).await;
    let place = ann.begun(3, "a").await;
    assert_eq!(ann.piece(&place, 0, b"ab").await.status, 204);
    assert_eq!(ann.call("DELETE", &place, "", b"").await.status, 204);
    assert_eq!(ann.head(&place).await.status, 404);
    assert_eq!(std::fs::read_dir(server.files().join("unfinished")).unwrap().count(), 0);
    let path = ann.upload("a", b"abc").await;
    let place = path.rsplit_once('/').unwrap().0;
    assert_eq!(ann.call("DELETE", place, "", b"").await.status, 404);
    assert_eq!(get(&server, &path, "").await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn the_protocol_is_tus() {
    let server = Server::start(&[]).await;
    let told = call(&server, "OPTIONS", "/file", "", b"").await;
    assert_eq!((told.status, told.header("tus-version")), (204, Some("1.0.0")));
    assert_eq!(told.header("tus-extension"), Some("creation,termination"));
    assert_eq!(told.header("tus-max-size"), Some("104857600"));
    let preflight = "Origin: https://chat.example\r\nAccess-Control-Request-Method: PATCH\r\n\
                     Access-Control-Request-Headers: authorization,upload-offset\r\n";
    let told = call(&server, "OPTIONS", "/file/x", preflight, b"").await;
    assert_eq!(told.status, 204);
    assert!(told.header("access-control-allow-methods").unwrap().contains("PATCH"));
    assert_eq!(told.header("access-control-allow-headers"), Some("authorization,upload-offset"));
    let ann = Uploader::new(&server, "ann", FILE).await;
    let headers = format!("Authorization: Bearer {}\r\nUpload-Length: 3\r\n", ann.token);
    let told = call(&server, "POST", "/file", &headers, b"").await;
    assert_eq!((told.status, told.header("tus-version")), (412, Some("1.0.0")));
    let told = ann.begin(3, "a").await;
    assert_eq!(told.header("tus-resumable"), Some("1.0.0"));
    assert!(told.header("access-control-expose-headers").unwrap().contains("Location"));
    let place = told.header("location").unwrap();
    let told = ann.call("PATCH", place, "Upload-Offset: 0\r\n", b"abc").await;
    assert_eq!(told.status, 415, "a piece has its own content type");
    let kind = "Content-Type: application/offset+octet-stream\r\n";
    assert_eq!(ann.call("PATCH", place, kind, b"abc").await.status, 400);
    server.stop().await;
}

fn form(parts: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, more, value) in parts {
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    body
}

#[tokio::test]
async fn a_form_uploads_a_whole_file() {
    let server = Server::start(&["--upload-image-bytes=1000", "--upload-day-bytes=2000"]).await;
    let ann = Uploader::new(&server, "ann", IMAGE).await;
    let kind = "Content-Type: multipart/form-data; boundary=b\r\n";
    let token = ("token", "", ann.token.as_bytes());
    let file = |bytes| ("file", "; filename=\"../x.png\"", bytes);
    let sent = form(&[("key", "", b"k"), token, file(PNG)]);
    let told = call(&server, "POST", "/file", kind, &sent).await;
    assert_eq!(told.status, 200, "{told:?}");
    let answer: Value = serde_json::from_slice(&told.body).unwrap();
    assert_eq!((&answer["name"], &answer["size"]), (&"x.png".into(), &PNG.len().into()));
    let url = answer["url"].as_str().unwrap();
    let path = url.strip_prefix(&format!("http://{}", server.address)).unwrap();
    assert_eq!(get(&server, path, "").await.body, PNG);
    let mut large = PNG.to_vec();
    large.resize(2_000_000, 0);
    for (parts, status) in [
        (&[file(PNG), token][..], 400),
        (&[("token", "", &b"x"[..]), file(PNG)], 401),
        (&[token], 400),
        (&[token, file(b"<svg>")], 415),
        (&[token, file(b"")], 400),
        (&[token, file(&large)], 413),
        (&[("token", "", &[b'x'; 9_000][..]), file(PNG)], 400),
    ] {
        let told = call(&server, "POST", "/file", kind, &form(parts)).await;
        assert_eq!(told.status, status, "{told:?}");
    }
    let broken = &sent[..sent.len() - 30];
    assert_eq!(call(&server, "POST", "/file", kind, broken).await.status, 408);
    assert_eq!(std::fs::read_dir(server.files().join("unfinished")).unwrap().count(), 0);
    // What was refused was not counted: there is room for one of the largest size.
    let fitting = &large[..1_000];
    let told = call(&server, "POST", "/file", kind, &form(&[token, file(fitting)])).await;
    assert_eq!(told.status, 200, "{told:?}");
    server.stop().await;
}

/// Writing to this device says that the disk is full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing() {
    let server = Server::start(&[]).await;
    let ann = Uploader::new(&server, "ann", FILE).await;
    let place = ann.begun(6, "a").await;
    assert_eq!(ann.piece(&place, 0, b"abc").await.status, 204);
    let folder = server.files().join("unfinished").join(place.strip_prefix("/file/").unwrap());
    let (data, aside) = (folder.join("data"), folder.join("aside"));
    std::fs::rename(&data, &aside).unwrap();
    std::os::unix::fs::symlink("/dev/full", &data).unwrap();
    let told = ann.piece(&place, 0, b"abcdef").await;
    assert_eq!((told.status, told.code()), (507, 33085));
    std::fs::remove_file(&data).unwrap();
    std::fs::rename(&aside, &data).unwrap();
    let told = ann.piece(&place, 3, b"def").await;
    let path = told.header("content-location").unwrap();
    assert_eq!(get(&server, path, "").await.body, b"abcdef");
    server.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_directory_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::start(&[]).await;
    Uploader::new(&server, "ann", FILE).await.upload("a", b"abc").await;
    for path in ["", "unfinished", "finished"] {
        let mode = std::fs::metadata(server.files().join(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{path}");
    }
    server.stop().await;
}
