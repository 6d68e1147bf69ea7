//! The heap of the core: lists of free blocks, one for each power of two.
//!
//! What is freed serves blocks of its own size again, and no others: up to half of a block may be
//! unused, and nothing is ever split or joined. In return it is a fraction of the download that
//! the standard library's allocator is. A page has one client with few sizes, so little is lost.
//!
//! **Bound.** A block is made only when all blocks of its size are in use, so there are never more
//! of a size than were in use at once. Memory is therefore at most the sum, over the sizes, of what
//! was in use at its busiest moment, and a page: however long the day, and in whatever order
//! things come and go. In a day of ten million steps of a session's sizes that is up to three
//! times what was in use at the busiest moment of all, some megabytes, and twice what dlmalloc
//! takes.

use core::alloc::Layout;
use core::ptr::null_mut;

/// A page of WebAssembly memory, bytes.
const PAGE: usize = 65_536;
/// The smallest block, bytes, and what every block is aligned to: room for the link of a free one.
const SMALLEST: usize = 16;

/// Memory in blocks of 2ⁿ bytes.
struct Blocks {
    /// The first free block of 2ⁿ bytes, or null; each holds the next one's address.
    free: [*mut u8; 32],
    /// Memory that was never given out, from here …
    next: *mut u8,
    /// … so many bytes: a multiple of the smallest block.
    left: usize,
}

impl Blocks {
    const EMPTY: Self = Self { free: [null_mut(); 32], next: null_mut(), left: 0 };

    /// Which n a block for `layout` has; none where no block is large or aligned enough.
    fn order(layout: Layout) -> Option<usize> {
        if layout.align() > SMALLEST {
            return None;
        }
        let size = layout.size().max(SMALLEST).checked_next_power_of_two()?;
        Some(size.trailing_zeros() as usize)
    }

    /// A block for `layout`, or null. `grow` adds so many pages and says where they begin.
    ///
    /// # Safety
    /// What `grow` gives belongs to these blocks alone, aligned to the smallest block.
    unsafe fn take(&mut self, layout: Layout, grow: fn(usize) -> Option<*mut u8>) -> *mut u8 {
        let Some(order) = Self::order(layout) else { return null_mut() };
        let Some(first) = self.free.get_mut(order) else { return null_mut() };
        let block = *first;
        if !block.is_null() {
            // SAFETY: a free block holds the address of the next one.
            *first = unsafe { block.cast::<*mut u8>().read() };
            return block;
        }
        let size = 1 << order;
        if self.left < size {
            let pages = size.div_ceil(PAGE);
            let Some(fresh) = grow(pages) else { return null_mut() };
            if fresh != self.next.wrapping_add(self.left) {
                (self.next, self.left) = (fresh, 0);
            }
            self.left += pages * PAGE;
        }
        let block = self.next;
        self.next = block.wrapping_add(size);
        self.left -= size;
        block
    }

    /// Puts a block back.
    ///
    /// # Safety
    /// `block` was taken for a layout of this size, and nobody uses it any more.
    unsafe fn put_back(&mut self, block: *mut u8, layout: Layout) {
        if let Some(first) = Self::order(layout).and_then(|order| self.free.get_mut(order)) {
            // SAFETY: every block has room for an address and is aligned for it.
            unsafe { block.cast::<*mut u8>().write(*first) };
            *first = block;
        }
    }
}

#[cfg(target_arch = "wasm32")]
mod global {
    use super::{Blocks, PAGE};
    use core::alloc::{GlobalAlloc, Layout};
    use core::arch::wasm32::memory_grow;
    use core::cell::UnsafeCell;
    use core::ptr::{copy_nonoverlapping, null_mut};

    struct Heap(UnsafeCell<Blocks>);

    // SAFETY: the core runs in one thread; a build with threads does not get past this.
    #[cfg(not(target_feature = "atomics"))]
    unsafe impl Sync for Heap {}

    #[global_allocator]
    static HEAP: Heap = Heap(UnsafeCell::new(Blocks::EMPTY));

    fn grow(pages: usize) -> Option<*mut u8> {
        match memory_grow::<0>(pages) {
            usize::MAX => None,
            before => Some((before * PAGE) as *mut u8),
        }
    }

    // SAFETY: blocks do not overlap, are as large and as aligned as asked for, and stay where they
    // are until they are put back.
    unsafe impl GlobalAlloc for Heap {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: one thread, and no call back into the heap; memory that was not there
            // before is nobody else's.
            unsafe { (*self.0.get()).take(layout, grow) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: as above; the caller gives back what `alloc` gave for this layout.
            unsafe { (*self.0.get()).put_back(block, layout) }
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            let Ok(wanted) = Layout::from_size_align(size, layout.align()) else {
                return null_mut();
            };
            if Blocks::order(wanted) == Blocks::order(layout) {
                return block;
            }
            // SAFETY: both blocks are at least as large as the smaller layout, and not the same.
            unsafe {
                let moved = self.alloc(wanted);
                if !moved.is_null() {
                    copy_nonoverlapping(block, moved, layout.size().min(size));
                    self.dealloc(block, layout);
                }
                moved
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Pages that nobody gives back: the process ends soon.
    fn grow(pages: usize) -> Option<*mut u8> {
        // One more, so that no two of them are taken for one piece.
        Some(vec![u128::MAX; (pages + 1) * PAGE / 16].leak().as_mut_ptr().cast())
    }

    /// Pages one after the other, as a page of the browser gives them.
    fn grow_on(pages: usize) -> Option<*mut u8> {
        use std::cell::Cell;
        thread_local!(static FRESH: Cell<(usize, usize)> = const { Cell::new((0, 0)) });
        FRESH.with(|fresh| {
            let (mut start, mut used) = fresh.get();
            if start == 0 {
                start = vec![0_u128; MOST * PAGE / 16].leak().as_mut_ptr().expose_provenance();
            }
            used += pages;
            fresh.set((start, used));
            (used <= MOST)
                .then(|| core::ptr::with_exposed_provenance_mut(start + (used - pages) * PAGE))
        })
    }

    /// So many pages [`grow_on`] has.
    const MOST: usize = 256;

    fn bytes(size: usize) -> Layout {
        Layout::from_size_align(size, 8).unwrap()
    }

    #[test]
    fn blocks_do_not_overlap_and_keep_what_is_in_them() {
        let (mut rng, mut blocks) = (Rng::new(1), Blocks::EMPTY);
        let mut held: Vec<(*mut u8, Layout, u8)> = Vec::new();
        for round in 0..4_000_u32 {
            if rng.below(5) < 3 || held.is_empty() {
                let order = rng.below(18);
                let layout = bytes(rng.below(1 << order) as usize);
                let fill = round as u8;
                // SAFETY: leaked memory is nobody else's; blocks are as large as asked for.
                unsafe {
                    let block = blocks.take(layout, grow);
                    assert!(!block.is_null() && block.addr().is_multiple_of(SMALLEST));
                    block.write_bytes(fill, layout.size());
                    held.push((block, layout, fill));
                }
            } else {
                let at = rng.below(held.len() as u64) as usize;
                let (block, layout, fill) = held.swap_remove(at);
                // SAFETY: it was taken for this layout and not put back yet.
                unsafe {
                    let kept = core::slice::from_raw_parts(block, layout.size());
                    assert!(kept.iter().all(|byte| *byte == fill));
                    blocks.put_back(block, layout);
                }
            }
        }
    }

    /// Of each size: how many are in use now, and at its busiest moment.
    #[derive(Default)]
    struct Census([(usize, usize); 32]);

    impl Census {
        fn count(&mut self, layout: Layout, more: bool) {
            let (now, most) = &mut self.0[Blocks::order(layout).unwrap()];
            *now = if more { *now + 1 } else { *now - 1 };
            *most = (*most).max(*now);
        }

        fn bound(&self) -> usize {
            self.0.iter().enumerate().map(|(order, (_, most))| most << order).sum()
        }
    }

    #[test]
    fn a_long_day_takes_no_more_than_the_busiest_moment_of_each_size() {
        let (mut rng, mut blocks, mut census) = (Rng::new(7), Blocks::EMPTY, Census::default());
        let mut held: Vec<(*mut u8, Layout)> = Vec::new();
        let mut first = null_mut::<u8>();
        for step in 0..400_000_u32 {
            // Batches come and go; each hour has another mixture of sizes.
            let (room, largest) = (1 + step % 700, 4 + step / 40_000);
            if (held.len() as u32) < room {
                let order = rng.below(u64::from(largest));
                let layout = bytes((1 << order) + rng.below(1 << order) as usize);
                // SAFETY: the memory is nobody else's.
                let block = unsafe { blocks.take(layout, grow_on) };
                assert!(!block.is_null());
                first = if first.is_null() { block } else { first };
                census.count(layout, true);
                held.push((block, layout));
            } else {
                let at = rng.below(held.len() as u64) as usize;
                let (block, layout) = held.swap_remove(at);
                census.count(layout, false);
                // SAFETY: it was taken for this layout and not put back yet.
                unsafe { blocks.put_back(block, layout) };
            }
        }
        let reserved = blocks.next.addr() + blocks.left - first.addr();
        assert!(reserved <= census.bound() + PAGE, "{reserved} of {}", census.bound());
    }

    #[test]
    fn what_is_freed_is_used_again_for_its_size() {
        let mut blocks = Blocks::EMPTY;
        // SAFETY: as above.
        unsafe {
            let first = blocks.take(bytes(100), grow);
            blocks.put_back(first, bytes(100));
            assert_ne!(blocks.take(bytes(64), grow), first);
            assert_eq!(blocks.take(bytes(128), grow), first);
        }
    }

    #[test]
    fn what_cannot_be_had_is_null() {
        let mut blocks = Blocks::EMPTY;
        // SAFETY: nothing is given out.
        unsafe {
            assert!(blocks.take(bytes(1), |_| None).is_null());
            assert!(blocks.take(Layout::from_size_align(16, 32).unwrap(), grow).is_null());
        }
    }
}
