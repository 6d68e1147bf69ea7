//! Real client engines against a real server on virtual time, with everything that can go wrong
//! between them. Native only.
//!
//! `HONGYAN_SEED=7` runs one seed alone; `HONGYAN_SEEDS=10000` runs more. A run that fails is made
//! as small as it can be, and its record is printed.

#[cfg(not(target_arch = "wasm32"))]
mod chatrooms;
#[cfg(not(target_arch = "wasm32"))]
mod delivery;
#[cfg(not(target_arch = "wasm32"))]
mod devices;
#[cfg(not(target_arch = "wasm32"))]
mod history;
#[cfg(not(target_arch = "wasm32"))]
mod links;
mod outbox;
#[cfg(not(target_arch = "wasm32"))]
mod restored;
#[cfg(not(target_arch = "wasm32"))]
mod scenario;
#[cfg(not(target_arch = "wasm32"))]
mod simulation;
