//! What a client is made with, once.

use serde::Deserialize;
use wasm_bindgen::JsValue;

use crate::session::config::Config;

/// The options of `createClient` after `options.js` has checked them and filled in the defaults.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Options {
    app_key: String,
    navigators: Vec<String>,
    navigation_timeout_ms: u32,
    secure_page: bool,
    pub(super) persist: bool,
}

impl Options {
    /// `None` if they are not what `options.js` makes.
    pub(super) fn read(options: JsValue) -> Option<Self> {
        serde_wasm_bindgen::from_value(options).ok()
    }

    pub(super) fn into_config(self) -> Config {
        Config {
            app_key: self.app_key,
            navigators: self.navigators,
            navigation_timeout_ms: self.navigation_timeout_ms,
            secure_page: self.secure_page,
            ..Config::default()
        }
    }
}
