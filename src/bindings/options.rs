//! What a client is made with, once.

use wasm_bindgen::prelude::*;

use crate::session::config::Config;

#[wasm_bindgen]
extern "C" {
    /// The options of `createClient` after `options.js` has checked them and filled in the
    /// defaults. Read member by member: deserialising them with serde took 11 KB of brotli.
    pub type Options;

    #[wasm_bindgen(method, getter, js_name = appKey)]
    fn app_key(this: &Options) -> String;
    #[wasm_bindgen(method, getter)]
    fn navigators(this: &Options) -> Vec<String>;
    #[wasm_bindgen(method, getter, js_name = navigationTimeoutMs)]
    fn navigation_timeout_ms(this: &Options) -> u32;
    #[wasm_bindgen(method, getter, js_name = securePage)]
    fn secure_page(this: &Options) -> bool;
    #[wasm_bindgen(method, getter)]
    pub(super) fn persist(this: &Options) -> bool;
}

impl Options {
    pub(super) fn config(&self) -> Config {
        Config {
            app_key: self.app_key(),
            navigators: self.navigators(),
            navigation_timeout_ms: self.navigation_timeout_ms(),
            secure_page: self.secure_page(),
            ..Config::default()
        }
    }
}
