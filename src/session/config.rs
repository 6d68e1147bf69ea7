//! What an engine is told once.

/// The page's choices and circumstances. `Engine::new` takes it together with a random seed.
#[derive(Clone, Debug)]
pub struct Config {
    /// The application's key.
    pub app_key: String,
    /// Navigators in the order to try: `host[:port]` or with a scheme, optionally with a path.
    pub navigators: Vec<String>,
    /// One navigator has so long to answer, ms.
    pub navigation_timeout_ms: u32,
    /// Sent as `v` and `sdkVer`.
    pub sdk_version: String,
    /// Whether the page was loaded over https: then nothing leaves it unencrypted.
    pub secure_page: bool,
    /// What links may be made of.
    pub transport: Transport,
    /// The hosts that navigation and tokens may lead to: each a name, with or without port, or
    /// `*.` and a suffix. Empty for any.
    pub allowed_hosts: Vec<String>,
}

/// What links may be made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// A WebSocket; polling where no WebSocket gets through.
    #[default]
    Auto,
    /// A WebSocket only.
    WebSocket,
    /// Polling only.
    Polling,
}

impl Default for Config {
    /// No navigators, 5 s each, a page over http, any transport.
    fn default() -> Self {
        Self {
            app_key: String::new(),
            navigators: Vec::new(),
            navigation_timeout_ms: 5_000,
            sdk_version: String::from(env!("CARGO_PKG_VERSION")),
            secure_page: false,
            transport: Transport::Auto,
            allowed_hosts: Vec::new(),
        }
    }
}
