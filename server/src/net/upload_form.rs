//! A whole file in one form, as the upload helpers of the 2.x generation send it: the parts
//! `token` and `file`; others (`key`, `name`) are passed over.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::json;
use tokio::time::Instant;

use super::app::App;
use super::upload::{Refused, answered, checked, read_rest, to_the_end};
use super::{http, navigation};
use crate::core::upload::Grant;
use crate::files::{About, FileError, FileId, download_path};
use crate::store::Store;

/// The longest part besides the file, in bytes.
const MAX_FIELD: usize = 8 * 1024;
/// How long the parts before the file may take: until there is a token, anybody may send.
const BEFORE_FILE: Duration = Duration::from_secs(20);
const NO_FORM: Refused = Refused::Malformed("the form cannot be read");

/// Whether the body is a form with a file.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// Takes the file of a form: `{key, hash, name, size, url}`.
pub(super) async fn receive<S: Store>(app: Arc<App<S>>, request: Request) -> Response {
    answered(to_the_end(receive_form(app, request)).await)
}

async fn receive_form<S: Store>(app: Arc<App<S>>, request: Request) -> Result<Response, Refused> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let length = length.ok_or(Refused::Malformed("Content-Length is missing"))?;
    let origin = navigation::origin(&app, request.headers());
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| NO_FORM)?;
    let kept = read_parts(&app, &mut form, length).await;
    if kept.is_err() {
        read_rest(async { while let Ok(Some(_)) = form.next_field().await {} }).await;
    }
    let (id, about) = kept?;
    let (key, url) = (id.as_str(), download_path(&id, &about.name));
    let url = format!("{origin}{url}");
    let answer = json!({
        "key": key, "hash": key, "name": about.name, "size": about.size, "url": url,
    });
    Ok(http::json(StatusCode::OK, &answer))
}

async fn read_parts<S: Store>(
    app: &App<S>,
    form: &mut Multipart,
    most: u64,
) -> Result<(FileId, About), Refused> {
    let mut grant = None;
    let until = Instant::now() + BEFORE_FILE;
    while let Some(field) = in_time(until, form.next_field()).await? {
        match field.name() {
            Some("token") => grant = Some(checked(app, &text(until, field).await?)?),
            Some("file") => {
                let missing = Refused::Malformed("the part token must stand before the part file");
                return keep(app, &grant.ok_or(missing)?, most, field).await;
            }
            _ => drop(text(until, field).await?),
        }
    }
    Err(Refused::Malformed("the form has no part file"))
}

/// What comes of a form until then.
async fn in_time<T>(
    until: Instant,
    coming: impl Future<Output = Result<T, MultipartError>>,
) -> Result<T, Refused> {
    match tokio::time::timeout_at(until, coming).await {
        Ok(came) => came.map_err(|_| NO_FORM),
        Err(_) => Err(FileError::BrokeOff.into()),
    }
}

async fn text(until: Instant, mut field: Field<'_>) -> Result<String, Refused> {
    let mut bytes = Vec::new();
    while let Some(piece) = in_time(until, field.chunk()).await? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MAX_FIELD {
            return Err(NO_FORM);
        }
    }
    String::from_utf8(bytes).map_err(|_| NO_FORM)
}

async fn keep<S: Store>(
    app: &App<S>,
    grant: &Grant,
    most: u64,
    field: Field<'_>,
) -> Result<(FileId, About), Refused> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let now = app.clock.now().wall;
    let (id, progress) = app.files.receive_whole(grant, &name, most, now, field).await?;
    Ok((id, progress.about))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use futures_util::stream::{self, StreamExt};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_form_that_does_not_come_to_its_file_holds_no_place_for_ever() {
        let head = "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n";
        let begun = stream::iter([Ok::<_, std::io::Error>(head)]);
        // A byte comes every ten seconds, for ever.
        let drops = stream::unfold((), async |()| {
            tokio::time::sleep(Duration::from_secs(10)).await;
            Some((Ok("k"), ()))
        });
        let request = Request::builder()
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .body(Body::from_stream(begun.chain(drops)))
            .unwrap();
        let mut form = Multipart::from_request(request, &()).await.unwrap();
        let until = Instant::now() + BEFORE_FILE;
        let field = in_time(until, form.next_field()).await.ok().flatten().unwrap();
        let refused = text(until, field).await;
        assert!(matches!(refused, Err(Refused::File(FileError::BrokeOff))));
        assert_eq!(Instant::now(), until);
    }
}
