//! Puts a WebAssembly module together from what `pack.mjs` took apart. A small module of its own,
//! the code of every packed one: it is made by this package's build, and so is what it reads.
//!
//! What is read lies at [`PACK`]: for every [`Kind`] where its bytes begin, 32 bits each, then those
//! bytes. Before them stands where the module is to be written.
#![no_std]

/// A place in the module's memory, as `pack.mjs` has it.
const PACK: usize = 1 << 20;

/// What stands together in a pack: bytes of one kind are more alike than neighbours in a module.
#[derive(Clone, Copy)]
enum Kind {
    /// Sections other than the code, whole; for the code its number and how many functions.
    Sections,
    /// How many groups of locals, and how many in each.
    LocalCounts,
    LocalTypes,
    Instructions,
    BlockTypes,
    Branches,
    TableLengths,
    TableBranches,
    Calls,
    IndirectCalls,
    /// Locals read, by what comes next: another, a constant, a load, anything else.
    ReadThenRead,
    ReadThenConstant,
    ReadThenLoad,
    Read,
    Written,
    LoadOffsets,
    StoreOffsets,
    /// Constants that are added at once, and all others.
    Addends,
    Constants,
    Longs,
    /// Of instructions with a prefix.
    Prefixed,
    Rest,
    /// Numbers of several bytes behind their first.
    MoreOfCall,
    MoreOfOffset,
    MoreOfAddend,
    MoreOfConstant,
}

/// Where the next byte of a kind is read.
fn place(kind: Kind) -> *mut *const u8 {
    (PACK + 4 * kind as usize) as *mut *const u8
}

/// Where the next byte is written: a place before all others.
const OUT: *mut *mut u8 = (PACK - 4) as *mut *mut u8;

fn out() -> *mut u8 {
    // SAFETY: nothing but this module writes to its memory, which is larger than any module that is packed: the build tries it.
    unsafe { OUT.read() }
}

fn skip(count: usize) {
    // SAFETY: as in `out`.
    unsafe { OUT.write(out().add(count)) }
}

fn put(byte: u8) {
    // SAFETY: as in `out`.
    unsafe { out().write(byte) }
    skip(1);
}

fn peek(kind: Kind) -> u8 {
    // SAFETY: the pack has as many bytes of a kind as are asked for, and one more behind them.
    unsafe { place(kind).read().read() }
}

/// Copies a byte.
fn byte(kind: Kind) -> u8 {
    let byte = peek(kind);
    // SAFETY: as in `peek`.
    unsafe { place(kind).write(place(kind).read().add(1)) };
    put(byte);
    byte
}

fn bytes(kind: Kind, count: u32) {
    for _ in 0..count {
        byte(kind);
    }
}

/// Copies a number of seven bits a byte. Those with signs are copied as well.
fn number(kind: Kind) -> u32 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = byte(kind);
        value |= u32::from(byte & 127).wrapping_shl(shift);
        shift += 7;
        if byte < 128 {
            return value;
        }
    }
}

/// Copies a number that goes on elsewhere than it begins.
fn parted(kind: Kind, more: Kind) {
    if byte(kind) >= 128 {
        number(more);
    }
}

fn numbers(kind: Kind, count: u32) {
    for _ in 0..count {
        number(kind);
    }
}

/// Writes a length in as many bytes as the longest takes, and what has it.
fn measured(write: fn()) {
    let start = out();
    skip(5);
    write();
    let mut length = out() as usize - start as usize - 5;
    for at in 0..5 {
        let more = if at < 4 { 128 } else { 0 };
        // SAFETY: as in `out`.
        unsafe { start.add(at).write(length as u8 & 127 | more) };
        length >>= 7;
    }
}

fn function() {
    for _ in 0..number(Kind::LocalCounts) {
        number(Kind::LocalCounts);
        byte(Kind::LocalTypes);
    }
    let mut depth = 1;
    while depth > 0 {
        let instruction = byte(Kind::Instructions);
        match instruction {
            0x02..=0x04 => depth += 1,
            0x0b => depth -= 1,
            _ => {}
        }
        operands(instruction);
    }
}

fn operands(instruction: u8) {
    let next = peek(Kind::Instructions);
    let kind = match instruction {
        0x02..=0x04 => Kind::BlockTypes,
        0x0c | 0x0d => Kind::Branches,
        0x0e => {
            let count = number(Kind::TableLengths);
            return numbers(Kind::TableBranches, count + 1);
        }
        0x10 => return parted(Kind::Calls, Kind::MoreOfCall),
        0x11 => return numbers(Kind::IndirectCalls, 2),
        0x1c => {
            let count = number(Kind::Rest);
            return bytes(Kind::Rest, count);
        }
        0x20 => match next {
            0x20 => Kind::ReadThenRead,
            0x41 => Kind::ReadThenConstant,
            0x28..=0x35 => Kind::ReadThenLoad,
            _ => Kind::Read,
        },
        0x21 | 0x22 => Kind::Written,
        0x28..=0x3e => {
            // The alignment: a hint, which no engine needs.
            put(0);
            let kind = if instruction < 0x36 { Kind::LoadOffsets } else { Kind::StoreOffsets };
            return parted(kind, Kind::MoreOfOffset);
        }
        0x41 if next == 0x6a => return parted(Kind::Addends, Kind::MoreOfAddend),
        0x41 => return parted(Kind::Constants, Kind::MoreOfConstant),
        0x42 => Kind::Longs,
        0x43 => return bytes(Kind::Rest, 4),
        0x44 => return bytes(Kind::Rest, 8),
        0x23..=0x26 | 0x3f | 0x40 | 0xd0 | 0xd2 => Kind::Rest,
        0xfc => {
            let more = match number(Kind::Prefixed) {
                0x00..=0x07 => 0,
                0x0a => 2,
                _ => 1,
            };
            return numbers(Kind::Prefixed, more);
        }
        _ => return,
    };
    number(kind);
}

fn code() {
    for _ in 0..number(Kind::Sections) {
        measured(function);
    }
}

/// Unpacks; returns where the module ends.
#[unsafe(no_mangle)]
extern "C" fn unpack() -> *const u8 {
    // SAFETY: as in `peek`; sections come first, the counts of locals next.
    let (at, end) = unsafe { (place(Kind::Sections), place(Kind::LocalCounts).read()) };
    bytes(Kind::Sections, 8);
    // SAFETY: as in `peek`.
    while unsafe { at.read() } < end {
        if byte(Kind::Sections) == 10 {
            measured(code);
        } else {
            let length = number(Kind::Sections);
            bytes(Kind::Sections, length);
        }
    }
    out()
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
