//! Requests and transactions as futures, and what their failures mean.
//!
//! A promise's own functions are the listeners: nothing has to be kept alive for them, and what
//! waits goes on before the transaction is taken for idle.

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbRequest, IdbTransaction};

use crate::archive::Fault;
use crate::browser::values::member_of;

/// Waits for a request's next answer.
pub(super) async fn done(request: &IdbRequest) -> Result<JsValue, Fault> {
    let answer = promise(|resolve, reject| {
        request.set_onsuccess(Some(resolve));
        request.set_onerror(Some(reject));
    });
    answer.await.map_err(fault)?;
    request.result().map_err(fault)
}

/// Waits until everything in a transaction is kept. Called before the transaction can have ended:
/// in the same turn as its beginning, or as the answer to its last request.
pub(super) async fn finished(transaction: &IdbTransaction) -> Result<(), Fault> {
    let over = promise(|resolve, reject| {
        transaction.set_oncomplete(Some(resolve));
        transaction.set_onabort(Some(reject));
    });
    over.await.map(drop).map_err(|event| match transaction.error() {
        Some(error) => fault(error.into()),
        None => fault(event),
    })
}

fn promise(listen: impl Fn(&Function, &Function)) -> JsFuture {
    JsFuture::from(Promise::new(&mut |resolve, reject| listen(&resolve, &reject)))
}

/// What was thrown, or the event of a failure.
pub(super) fn fault(thrown: JsValue) -> Fault {
    let of_event = member_of(&thrown, "target").and_then(|target| member_of(&target, "error"));
    let error = of_event.unwrap_or(thrown);
    let name = member_of(&error, "name").and_then(|name| name.as_string());
    match name.as_deref() {
        Some("QuotaExceededError" | "NS_ERROR_DOM_QUOTA_REACHED") => Fault::Full,
        Some("ConstraintError") => Fault::Conflict,
        Some("VersionError") => Fault::Newer,
        Some("SecurityError" | "NotAllowedError") => Fault::Unavailable,
        // A transaction that ended under way: the connection was closed, or the database deleted.
        Some("InvalidStateError" | "AbortError" | "TransactionInactiveError") => Fault::Closed,
        Some(_) => Fault::Broken,
        // An abort without an error: the browser closed the connection.
        None => Fault::Closed,
    }
}
