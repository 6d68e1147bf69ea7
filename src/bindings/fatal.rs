//! A panic ends the core: every client of it is told, and nothing of it goes on.

use std::cell::RefCell;
use std::panic::PanicHookInfo;
use std::sync::Once;

use wasm_bindgen::prelude::*;

use super::decimal;
use super::page::Page;
use crate::browser::host::Host;

thread_local! {
    static CLIENTS: RefCell<Vec<(u32, Host, Page)>> = const { RefCell::new(Vec::new()) };
}

/// Tells `page` should the core ever stop, until it is [removed](remove). Returns its number.
pub(super) fn add(host: Host, page: Page) -> u32 {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(stop_everything)));
    CLIENTS.with_borrow_mut(|clients| {
        let number = clients.last().map_or(0, |(number, ..)| number.wrapping_add(1));
        clients.push((number, host, page));
        number
    })
}

/// The client is gone.
pub(super) fn remove(number: u32) {
    CLIENTS.with_borrow_mut(|clients| clients.retain(|(other, ..)| *other != number));
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(text: &str);
}

fn stop_everything(info: &PanicHookInfo<'_>) {
    let (file, line) = info.location().map_or(("?", 0), |at| (at.file(), at.line()));
    let why = info.payload_as_str().unwrap_or_default();
    let line = decimal::text(u64::from(line));
    console_error(&["hongyan: the core stopped at ", file, ":", &line, ": ", why].concat());
    let Ok(clients) = CLIENTS.try_with(|clients| clients.take()) else { return };
    for (_, host, page) in clients {
        host.stop();
        page.crashed();
    }
}
