//! Layers import downward only, and what is pure stays pure: reads the sources and fails on a name
//! that the layer may not know.
//!
//! Comments, texts and test code are not looked at.
#![cfg(not(target_arch = "wasm32"))]

#[path = "layering/names.rs"]
mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use names::{Names, module_of};

/// A layer, and what it may name besides itself: layers, or one module of a layer.
const LAYERS: &[(&str, &[&str])] = &[
    ("ids", &[]),
    ("time", &[]),
    ("error", &[]),
    ("rng", &[]),
    ("sorted", &[]),
    ("text", &[]),
    ("queue", &[]),
    ("ops", &["ids"]),
    ("wire", &["error"]),
    ("proto", &[]),
    ("signal", &["wire", "proto", "ids", "time", "error", "text"]),
    (
        "conversation",
        &["ids", "time", "error", "sorted", "text", "signal::message", "signal::settings"],
    ),
    (
        "session",
        &[
            "ids",
            "time",
            "error",
            "rng",
            "sorted",
            "text",
            "queue",
            "ops",
            "wire",
            "proto",
            "signal",
            "conversation",
        ],
    ),
    ("storage", &["ids", "time", "sorted", "ops", "signal::message"]),
    ("archive", &["sorted", "signal::content"]),
    ("browser", &["session", "storage", "archive", "ops", "queue", "text", "time", "ids", "error"]),
    // Commands and events carry messages and rows of the list, so their data may be named; what is
    // done with them may not.
    (
        "bindings",
        &[
            "text",
            "browser::host",
            "browser::indexed_db",
            // Objects of JS, which the page and the database have in the same form.
            "browser::values",
            "archive",
            "session",
            "signal::call",
            "signal::history",
            "signal::message",
            "signal::settings",
            "conversation::Conversation",
            "conversation::Latest",
            "ids",
            "time",
            "error",
        ],
    ),
];

/// What the server may name of the SDK: the wire and its meaning, and the words both sides share.
const SERVER: &[&str] = &["wire", "proto", "signal", "ids", "time", "error", "rng"];

/// Layers that run in a browser: the only ones that may know of JavaScript, waiting and sharing.
const IMPURE: &[&str] = &["browser", "bindings"];

/// Pure layers that wait: for a database, through a trait. Whose futures these are is not theirs.
const WAITING: &[&str] = &["archive"];

/// Names that a pure layer never uses: JavaScript, waiting, shared cells, clocks, and collections
/// whose order differs per run.
const IMPURE_NAMES: &[&str] = &[
    "js_sys",
    "web_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "serde_wasm_bindgen",
    "gloo_timers",
    "async",
    "await",
    "Rc",
    "RefCell",
    "Instant",
    "SystemTime",
    "HashMap",
    "HashSet",
];

/// What `signal` hands on from its modules: a type's name to its module.
type Exports = BTreeMap<String, String>;

/// The names in one file of `src` that its layer may not know.
fn violations(path: &str, text: &str, exports: &Exports) -> Vec<String> {
    let module = module_of(path);
    let Some(layer) = module.first() else { return Vec::new() };
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| name == layer) else {
        return vec![format!("{path}: {layer} stands in no layer")];
    };
    let names = Names::of_module(text, &module);
    let upward = names.paths.iter().filter(|path| !is_allowed(path, layer, allowed, exports));
    let mut found: Vec<String> =
        upward.map(|name| format!("{path}: {layer} names {}", name.join("::"))).collect();
    if !IMPURE.contains(&layer.as_str()) {
        let waits = WAITING.contains(&layer.as_str());
        let may = |word: &str| waits && ["async", "await"].contains(&word);
        let impure = names
            .words
            .iter()
            .filter(|word| IMPURE_NAMES.contains(&word.as_str()) && !may(word.as_str()));
        found.extend(impure.map(|word| format!("{path}: {layer} is pure and names {word}")));
    }
    found
}

fn is_allowed(path: &[String], layer: &str, allowed: &[&str], exports: &Exports) -> bool {
    let Some(first) = path.first() else { return false };
    // A type that `signal` hands on belongs to the module that made it.
    let second = path.get(1).map(|name| match exports.get(name) {
        Some(module) if first == "signal" => module.as_str(),
        _ => name.as_str(),
    });
    first == layer
        || allowed.iter().any(|allowed| match allowed.split_once("::") {
            None => first == allowed,
            Some((outer, inner)) => first == outer && second == Some(inner),
        })
}

/// The names in one file of the server that it may not know.
fn server_violations(path: &str, text: &str) -> Vec<String> {
    let names = Names::of_user(text, "hongyan");
    let foreign = names
        .paths
        .iter()
        .filter(|path| !path.first().is_some_and(|first| SERVER.contains(&first.as_str())));
    foreign.map(|name| format!("{path}: the server names hongyan::{}", name.join("::"))).collect()
}

/// `pub use message::{A, B}` in the text of `signal/mod.rs`, as A and B to `message`.
fn exports(signal: &str) -> Exports {
    let names = Names::of_module(signal, &["signal".to_owned()]);
    let own = names.exports.into_iter().filter_map(|path| match path.as_slice() {
        [module, .., name] => Some((name.clone(), module.clone())),
        [_] | [] => None,
    });
    own.collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a source folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Path below the repository, with `/`, and text.
fn read(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: PathBuf| {
        let below = path.strip_prefix(root).expect("a path below the root");
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        (parts.join("/"), fs::read_to_string(&path).expect("a source file"))
    };
    sources(&root.join(folder)).into_iter().map(read).collect()
}

#[test]
fn layers_import_downward_only() {
    let files = read("src");
    let signal = files.iter().find(|(path, _)| path == "src/signal/mod.rs");
    let exports = exports(&signal.expect("the signal layer").1);
    let found: Vec<String> =
        files.iter().flat_map(|(path, text)| violations(path, text, &exports)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));

    let seen: BTreeSet<String> =
        files.iter().filter_map(|(path, _)| module_of(path).first().cloned()).collect();
    for layer in ["ids", "wire", "proto", "signal", "conversation", "session", "browser"] {
        assert!(seen.contains(layer), "no file of {layer} was looked at");
    }
}

#[test]
fn the_server_names_the_shared_layers_only() {
    let files = read("server/src");
    assert!(!files.is_empty());
    let found: Vec<String> =
        files.iter().flat_map(|(path, text)| server_violations(path, text)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The rules themselves, on files that do not exist.
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        violations(path, text, &exports("pub use message::{Message, MessageFlags};"))
    }

    #[test]
    fn an_upward_import_is_caught_in_every_spelling() {
        for text in [
            "use crate::session::Engine;",
            "use crate::{error::Error, session::{self, io::Input}};",
            "fn f() { let x = crate::session::Engine::new(); }",
            "use super::super::session::Engine;",
            "mod inner { use super::super::super::session::Engine; }",
            "pub(crate) use crate :: session :: *;",
            "impl From<crate::session::Engine> for Frame {}",
            "#[cfg(not(test))] use crate::session::Engine;",
            "#[cfg(test)] mod tests { fn f() { {} } } use crate::session::Engine;",
        ] {
            let found = found("src/wire/reader.rs", text);
            assert!(!found.is_empty(), "{text}");
            assert!(found[0].contains("wire names session"), "{found:?}");
        }
    }

    #[test]
    fn what_is_not_code_of_the_product_is_left_alone() {
        for text in [
            "// use crate::session::Engine;",
            "//! see [`x`](crate::session)",
            "/* crate::session /* crate::session */ crate::session */",
            "const S: &str = \"use crate::session;\\\" crate::session\";",
            "const S: &str = r#\"crate::session\"#; const C: char = '\"';",
            "#[cfg(test)] mod tests { use crate::session::Engine; mod deeper {} }",
            "#[cfg(test)] use crate::session::Engine;",
            "#[cfg(all(test, unix))] fn f() { crate::session::x() }",
            "fn f<'a>(x: &'a str) { super::header::check(x) }",
        ] {
            assert_eq!(found("src/wire/reader.rs", text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn each_layer_has_its_own_rules() {
        let allowed = |path, text| assert_eq!(found(path, text), Vec::<String>::new(), "{path}");
        let refused = |path, text| assert_eq!(found(path, text).len(), 1, "{path}: {text}");
        refused("src/ids.rs", "use crate::time::Tick;");
        refused("src/wire/mod.rs", "use crate::ids::UserId;");
        refused("src/proto/mod.rs", "use crate::wire::Frame;");
        refused("src/signal/login.rs", "use crate::conversation::Timeline;");
        allowed("src/signal/login.rs", "use crate::{wire::Frame, proto, ids::UserId};");
        allowed("src/conversation/mod.rs", "use crate::signal::message::Message;");
        allowed("src/conversation/mod.rs", "use crate::signal::{Message, MessageFlags};");
        refused("src/conversation/mod.rs", "use crate::signal::{Message, Signal};");
        refused("src/conversation/mod.rs", "use crate::signal::*;");
        refused("src/session/engine.rs", "use crate::storage::Storage;");
        refused("src/storage/apply.rs", "use crate::session::Event;");
        refused("src/browser/host.rs", "use crate::wire::Frame;");
        allowed("src/bindings/client.rs", "use crate::browser::host::Host;");
        refused("src/bindings/client.rs", "use crate::browser::websocket::Socket;");
        refused("src/session/link.rs", "use crate::Engine;");
        refused("src/gossip/mod.rs", "");
        allowed("src/lib.rs", "pub use crate::session::Engine;");
    }

    #[test]
    fn a_pure_layer_stays_pure() {
        for text in ["use std::rc::Rc;", "async fn f() {}", "use web_sys::WebSocket;"] {
            assert_eq!(found("src/session/engine.rs", text).len(), 1, "{text}");
            assert!(found("src/browser/host.rs", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_archive_waits_and_is_pure_otherwise() {
        assert!(found("src/archive/search.rs", "async fn f() { g().await }").is_empty());
        for text in ["use std::rc::Rc;", "use wasm_bindgen_futures::JsFuture;"] {
            assert_eq!(found("src/archive/search.rs", text).len(), 1, "{text}");
        }
    }

    #[test]
    fn the_server_does_without_the_client() {
        let found = |text| server_violations("server/src/main.rs", text).len();
        assert_eq!(found("use hongyan::{wire::Frame, signal, ids::UserId};"), 0);
        assert_eq!(found("use crate::session::Login;"), 0);
        assert_eq!(found("use hongyan::session::Engine;"), 1);
        assert_eq!(found("use hongyan::{wire, conversation::Timeline, storage};"), 2);
        assert_eq!(found("fn f() { hongyan::storage::open(); }"), 1);
        assert_eq!(found("use super::super::conversation::key;"), 0);
    }
}
