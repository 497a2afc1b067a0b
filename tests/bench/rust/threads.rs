//! Rust's locks behind the C functions of struct contestant.

use std::mem::{forget, size_of};
use std::time::Duration;

mod tasks;

/// The C functions of a lock.
macro_rules! contestant {
    ($type:ty, $bytes:expr, $new:expr, $lock:expr, $unlock:expr, $try:expr,
     $size:ident $init:ident $fn_lock:ident $fn_unlock:ident
     $fn_try:ident $tries:ident $pairs:ident) => {
        #[no_mangle]
        pub extern "C" fn $size() -> usize {
            $bytes
        }
        #[no_mangle]
        pub extern "C" fn $init(l: *mut $type) {
            unsafe { l.write($new) }
        }
        #[no_mangle]
        pub extern "C" fn $fn_lock(l: &'static $type) {
            $lock(l)
        }
        #[no_mangle]
        pub extern "C" fn $fn_unlock(l: &'static $type) {
            $unlock(l)
        }
        #[no_mangle]
        pub extern "C" fn $fn_try(l: &'static $type) -> bool {
            $try(l)
        }
        #[no_mangle]
        pub extern "C" fn $tries(l: &'static $type, n: i64) -> i64 {
            (0..n).map(|_| $try(l) as i64).sum()
        }
        #[no_mangle]
        pub extern "C" fn $pairs(l: &'static $type, n: i64) {
            for _ in 0..n {
                $lock(l);
                $unlock(l);
            }
        }
    };
}

type ParkingLot = parking_lot::Mutex<()>;

contestant!(
    ParkingLot,
    size_of::<ParkingLot>(),
    ParkingLot::new(()),
    |l: &ParkingLot| forget(l.lock()),
    |l: &ParkingLot| unsafe { l.force_unlock() },
    |l: &ParkingLot| l.try_lock().map(forget).is_some(),
    pl_size pl_init pl_lock pl_unlock pl_try pl_tries pl_pairs
);

#[no_mangle]
pub extern "C" fn pl_for(l: &ParkingLot, ns: i64) -> bool {
    let limit = Duration::from_nanos(ns as u64);
    l.try_lock_for(limit).map(forget).is_some()
}

/// std's lock can be released by its guard only, so that is kept beside it.
pub struct Std {
    mutex: std::sync::Mutex<()>,
    guard: std::cell::UnsafeCell<Option<std::sync::MutexGuard<'static, ()>>>,
}

impl Std {
    fn lock(&'static self) {
        let guard = self.mutex.lock().unwrap();
        unsafe { self.guard.get().write(Some(guard)) }
    }
    fn unlock(&self) {
        drop(unsafe { (*self.guard.get()).take() })
    }
    fn try_lock(&'static self) -> bool {
        match self.mutex.try_lock() {
            Ok(guard) => unsafe { self.guard.get().write(Some(guard)) },
            Err(_) => return false,
        }
        true
    }
}

contestant!(
    Std,
    size_of::<std::sync::Mutex<()>>(),
    Std { mutex: Default::default(), guard: None.into() },
    |l: &'static Std| l.lock(),
    |l: &Std| l.unlock(),
    |l: &'static Std| l.try_lock(),
    std_size std_init std_lock std_unlock std_try std_tries std_pairs
);
