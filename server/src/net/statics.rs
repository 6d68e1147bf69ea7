//! The demo's static files: from one directory, read anew for each request.

use std::path::{Component, Path, PathBuf};

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::http::text;

/// What the demo may do in a browser: its own scripts, its own server, nothing else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
     script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' wss:; style-src 'self'; \
     img-src 'self' data: blob:; media-src 'self' blob:; require-trusted-types-for 'script'; base-uri 'none'; \
     frame-ancestors 'none'";

/// Stands where the demo will be once it is built.
const NO_DEMO: &str = "<!doctype html><meta charset=\"utf-8\"><title>Hongyan</title>\
     <h1>The server is up</h1><p>The demo is not built: <code>npm start</code> builds it, \
     or set <code>HONGYAN_WWW</code> to a directory with its files.</p>";

/// The file at the request's path in `directory`; `index.html` for a directory.
pub async fn serve(directory: &Path, uri: &Uri) -> Response {
    let Some(path) = inside(directory, uri.path()) else {
        return not_found();
    };
    let path = match tokio::fs::metadata(&path).await {
        Ok(found) if found.is_dir() => path.join("index.html"),
        Ok(_) => path,
        Err(_) if uri.path() == "/" => return no_demo(),
        Err(_) => return not_found(),
    };
    match tokio::fs::read(&path).await {
        Ok(bytes) => with_headers(content_type(&path), bytes),
        Err(_) if uri.path() == "/" => no_demo(),
        Err(_) => not_found(),
    }
}

/// The path below `directory` that a URL path names; `None` for one that would lead elsewhere.
fn inside(directory: &Path, url_path: &str) -> Option<PathBuf> {
    let decoded = percent_decoded(url_path)?;
    if decoded.contains(['\0', '\\']) {
        return None;
    }
    let mut path = directory.to_owned();
    for component in Path::new(decoded.trim_start_matches('/')).components() {
        match component {
            Component::Normal(name) if !name.as_encoded_bytes().starts_with(b".") => {
                path.push(name);
            }
            Component::CurDir => {}
            Component::Normal(_)
            | Component::ParentDir
            | Component::RootDir
            | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

fn percent_decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let value = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn with_headers(content_type: &'static str, body: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, body).into_response()
}

fn no_demo() -> Response {
    with_headers("text/html; charset=utf-8", NO_DEMO)
}

fn not_found() -> Response {
    text(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "not found".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_directory() {
        for path in ["/../x", "/%2e%2e/x", "/a/../../x", "/..%2fx", "/a%00", "/a\\..\\x", "/.env"] {
            assert_eq!(inside(Path::new("www"), path), None, "{path}");
        }
        for (path, file) in [("/", "www"), ("//etc/x", "www/etc/x"), ("/a%20b.js", "www/a b.js")] {
            assert_eq!(inside(Path::new("www"), path), Some(PathBuf::from(file)), "{path}");
        }
        assert_eq!(inside(Path::new("www"), "/%e9%b8%"), None);
    }

    #[test]
    fn a_browser_streams_wasm_only_under_its_type() {
        assert_eq!(content_type(Path::new("x/y.wasm")), "application/wasm");
        assert_eq!(content_type(Path::new("y")), "application/octet-stream");
    }
}
