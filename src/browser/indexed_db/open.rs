//! Opening, upgrading and deleting a database, never for ever: a page of an older version may
//! block it, and some browsers forget to answer.

use core::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    IdbDatabase, IdbFactory, IdbIndexParameters, IdbObjectStore, IdbObjectStoreParameters,
    IdbOpenDbRequest,
};

use super::IndexedDb;
use super::requests::fault;
use crate::archive::{Fault, Opener};
use crate::browser::global;
use crate::browser::values::member_of;

/// How long an opening is waited for, milliseconds.
pub const PATIENCE_MS: i32 = 5_000;

/// Version of the schema. An older database gets what it lacks.
pub const VERSION: u32 = 11;

pub(super) const STORE: &str = "messages";
pub(super) const LOCAL: &str = "local";
pub(super) const UID: &str = "uid";
pub(super) const CLIENT: &str = "client";
pub(super) const ORDER: &str = "order";
pub(super) const TERMS: &str = "terms";
pub(super) const CONVERSATION: &str = "conversation";

/// An index: name, members that make its key, whether a key names one row, whether each element
/// of the member is a key.
const INDEXES: [(&str, &[&str], bool, bool); 6] = [
    (LOCAL, &["l"], true, false),
    (UID, &["u"], true, false),
    (CLIENT, &["i"], false, false),
    (ORDER, &["c", "t", "y"], false, false),
    (TERMS, &["w"], false, true),
    (CONVERSATION, &["c", "k"], false, false),
];

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(run: &Function, ms: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}

/// A database by name, opened or not.
#[derive(Clone, Debug)]
pub struct Database {
    name: String,
    patience_ms: i32,
}

impl Database {
    /// The database of that name.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), patience_ms: PATIENCE_MS }
    }

    /// Waits so long for an opening, milliseconds.
    #[must_use]
    pub fn with_patience(self, patience_ms: i32) -> Self {
        Self { patience_ms, ..self }
    }

    /// Deletes it.
    ///
    /// # Errors
    /// [`Fault::Blocked`] while another page has it open, and what the browser fails with.
    pub async fn delete(&self) -> Result<(), Fault> {
        let request = factory()?.delete_database(&self.name).map_err(fault)?;
        self.answer(&request).await.map(drop)
    }

    /// Waits for a request's answer, but not for ever.
    async fn answer(&self, request: &IdbOpenDbRequest) -> Result<JsValue, Fault> {
        let mut timer = JsValue::UNDEFINED;
        let answer = Promise::new(&mut |resolve, reject| {
            request.set_onsuccess(Some(&resolve));
            request.set_onerror(Some(&reject));
            timer = set_timeout(&resolve, self.patience_ms);
        });
        let settled = JsFuture::from(answer).await;
        clear_timeout(&timer);
        settled.map_err(fault)?;
        match request.result() {
            Ok(result) => Ok(result),
            Err(_too_early) => {
                request.set_onsuccess(Some(&closes_itself()));
                request.set_onerror(None);
                Err(Fault::Blocked)
            }
        }
    }
}

impl Opener for Database {
    type Table = IndexedDb;

    async fn open(&mut self) -> Result<IndexedDb, Fault> {
        let request = factory()?.open_with_u32(&self.name, VERSION).map_err(fault)?;
        let upgraded = request.clone();
        let upgrade = Closure::once_into_js(move || upgrade(&upgraded));
        request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
        let database = self.answer(&request).await?;
        Ok(IndexedDb::new(Connection::new(database.unchecked_into())))
    }
}

fn factory() -> Result<IdbFactory, Fault> {
    global::typed_member("indexedDB").ok_or(Fault::Unavailable)
}

/// For an opening that nobody waits for any more: it must not block others.
fn closes_itself() -> Function {
    let close = |event: JsValue| {
        let result = member_of(&event, "target").and_then(|target| member_of(&target, "result"));
        if let Some(database) = result {
            database.unchecked_into::<IdbDatabase>().close();
        }
    };
    Closure::once_into_js(close).unchecked_into()
}

/// Makes what is not there. A failure ends the opening with an error.
fn upgrade(request: &IdbOpenDbRequest) -> Result<(), JsValue> {
    let database: IdbDatabase = request.result()?.unchecked_into();
    let there = database.object_store_names().contains(STORE);
    let kept = request.transaction().filter(|_| there);
    let store = match kept.map(|transaction| transaction.object_store(STORE)).transpose()? {
        Some(store) if store.key_path()?.as_string().as_deref() == Some("k") => store,
        Some(_) => {
            database.delete_object_store(STORE)?;
            create(&database)?
        }
        None => create(&database)?,
    };
    let names = store.index_names();
    for (name, members, unique, multi_entry) in INDEXES {
        if !names.contains(name) {
            index(&store, name, members, unique, multi_entry)?;
        }
    }
    Ok(())
}

fn create(database: &IdbDatabase) -> Result<IdbObjectStore, JsValue> {
    let parameters = IdbObjectStoreParameters::new();
    parameters.set_key_path(&"k".into());
    database.create_object_store_with_optional_parameters(STORE, &parameters)
}

fn index(
    store: &IdbObjectStore,
    name: &str,
    members: &[&str],
    unique: bool,
    multi_entry: bool,
) -> Result<(), JsValue> {
    let parameters = IdbIndexParameters::new();
    parameters.set_unique(unique);
    parameters.set_multi_entry(multi_entry);
    match members {
        [member] => store.create_index_with_str_and_optional_parameters(name, member, &parameters),
        members => {
            let members: Array = members.iter().map(|member| JsValue::from_str(member)).collect();
            store.create_index_with_str_sequence_and_optional_parameters(
                name,
                &members,
                &parameters,
            )
        }
    }
    .map(drop)
}

/// An open database. Dropping it closes it.
#[derive(Debug)]
pub struct Connection {
    database: IdbDatabase,
    closed: Rc<Cell<bool>>,
    /// Kept for as long as the browser may call it.
    _closing: Closure<dyn FnMut()>,
}

impl Connection {
    /// Gives way as soon as another page wants to upgrade or delete the database.
    fn new(database: IdbDatabase) -> Self {
        let closed = Rc::new(Cell::new(false));
        let (own, flag) = (database.clone(), Rc::clone(&closed));
        let closing: Closure<dyn FnMut()> = Closure::new(move || {
            flag.set(true);
            own.close();
        });
        database.set_onversionchange(Some(closing.as_ref().unchecked_ref()));
        database.set_onclose(Some(closing.as_ref().unchecked_ref()));
        Self { database, closed, _closing: closing }
    }

    pub(super) fn database(&self) -> Result<&IdbDatabase, Fault> {
        if self.closed.get() { Err(Fault::Closed) } else { Ok(&self.database) }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.database.set_onversionchange(None);
        self.database.set_onclose(None);
        self.database.close();
    }
}
