//! A whole file in one form, as the upload helpers of the 2.x generation send it: the parts
//! `token` and `file`; others (`key`, `name`) are passed over.

use std::sync::Arc;

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::app::App;
use super::upload::{Refused, answered, checked, read_rest, to_the_end};
use super::{http, navigation};
use crate::core::upload::Grant;
use crate::files::{About, FileId, download_path};
use crate::store::Store;

/// The longest part besides the file, in bytes.
const MAX_FIELD: usize = 8 * 1024;
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
    while let Some(field) = form.next_field().await.map_err(|_| NO_FORM)? {
        match field.name() {
            Some("token") => grant = Some(checked(app, &text(field).await?)?),
            Some("file") => {
                let missing = Refused::Malformed("the part token must stand before the part file");
                return keep(app, &grant.ok_or(missing)?, most, field).await;
            }
            _ => drop(text(field).await?),
        }
    }
    Err(Refused::Malformed("the form has no part file"))
}

async fn text(mut field: Field<'_>) -> Result<String, Refused> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| NO_FORM)? {
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
