//! Locks for async tasks, polled by hand: what a runtime adds is left out. A
//! waker does what the loop of the C side does: it queues whom to poll next.

use std::future::Future;
use std::pin::Pin;
use std::ptr::{addr_of_mut, null};
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};
use std::time::Instant;

static mut READY: Vec<usize> = Vec::new();

static VTABLE: RawWakerVTable = RawWakerVTable::new(
    |i| RawWaker::new(i, &VTABLE),
    |i| unsafe { (*addr_of_mut!(READY)).push(i as usize) },
    |i| unsafe { (*addr_of_mut!(READY)).push(i as usize) },
    |_| (),
);

/// Polls waiter `i`; whether it has the lock now, and has released it again.
fn poll<F: Future>(f: &mut F, i: usize) -> bool {
    let data = null::<u8>().wrapping_add(i).cast::<()>();
    let waker = unsafe { Waker::from_raw(RawWaker::new(data, &VTABLE)) };
    let pinned = unsafe { Pin::new_unchecked(f) };
    match pinned.poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(guard) => {
            drop(guard);
            true
        }
        Poll::Pending => false,
    }
}

fn hold<F: Future>(mut f: F) -> F::Output {
    let waker = unsafe { Waker::from_raw(RawWaker::new(null(), &VTABLE)) };
    let pinned = unsafe { Pin::new_unchecked(&mut f) };
    match pinned.poll(&mut Context::from_waker(&waker)) {
        Poll::Ready(guard) => guard,
        Poll::Pending => panic!("a free lock is not to be had"),
    }
}

/// Queues in `waiters`, from where they do not move while they wait.
fn queue<F: Future>(
    waiters: &mut Vec<Option<F>>,
    n: usize,
    lock: &dyn Fn() -> F,
) {
    waiters.clear();
    for i in 0..n {
        waiters.push(Some(lock()));
        assert!(!poll(waiters[i].as_mut().unwrap(), i));
    }
}

fn serve_all<F: Future>(waiters: &mut [Option<F>]) -> usize {
    let mut served = 0;
    while let Some(i) = unsafe { (*addr_of_mut!(READY)).pop() } {
        if let Some(f) = waiters[i].as_mut() {
            served += poll(f, i) as usize;
        }
    }
    served
}

fn ns(start: Instant, n: usize) -> f64 {
    start.elapsed().as_nanos() as f64 / n as f64
}

fn uncontended<F: Future>(lock: &dyn Fn() -> F, pairs: usize) -> f64 {
    let start = Instant::now();
    for i in 0..pairs {
        assert!(poll(&mut lock(), i));
    }
    ns(start, pairs)
}

fn hand_over<F: Future>(lock: &dyn Fn() -> F, n: usize, times: usize) -> f64 {
    let mut waiters = Vec::with_capacity(n);
    let mut served = 0;
    let start = Instant::now();
    for _ in 0..times {
        let guard = hold(lock());
        queue(&mut waiters, n, lock);
        drop(guard);
        served += serve_all(&mut waiters);
    }
    assert_eq!(served, n * times);
    ns(start, served)
}

fn cancel<F: Future>(lock: &dyn Fn() -> F, n: usize, times: usize) -> f64 {
    let mut waiters = Vec::with_capacity(n);
    let mut order = vec![0u32; n];
    let mut took = 0.0;
    unsafe { shuffled(order.as_mut_ptr(), n as i64) };
    for _ in 0..times {
        let guard = hold(lock());
        queue(&mut waiters, n, lock);
        let start = Instant::now();
        for i in &order[..n / 2] {
            waiters[*i as usize] = None;
        }
        took += ns(start, n / 2);
        drop(guard);
        assert_eq!(serve_all(&mut waiters), n - n / 2);
    }
    took / times as f64
}

extern "C" {
    fn shuffled(order: *mut u32, n: i64);
}

macro_rules! contestant {
    ($new:expr, $size:ident $waiter_size:ident
     $uncontended:ident $hand_over:ident $cancel:ident) => {
        #[no_mangle]
        pub extern "C" fn $size() -> usize {
            std::mem::size_of_val(&$new)
        }
        #[no_mangle]
        pub extern "C" fn $waiter_size() -> usize {
            std::mem::size_of_val(&$new.lock())
        }
        #[no_mangle]
        pub extern "C" fn $uncontended(pairs: i64) -> f64 {
            let l = $new;
            uncontended(&|| l.lock(), pairs as usize)
        }
        #[no_mangle]
        pub extern "C" fn $hand_over(waiters: i64, times: i64) -> f64 {
            let l = $new;
            hand_over(&|| l.lock(), waiters as usize, times as usize)
        }
        #[no_mangle]
        pub extern "C" fn $cancel(waiters: i64, times: i64) -> f64 {
            let l = $new;
            cancel(&|| l.lock(), waiters as usize, times as usize)
        }
    };
}

contestant!(
    tokio::sync::Mutex::new(()),
    tokio_size tokio_waiter_size tokio_uncontended tokio_hand_over tokio_cancel
);
contestant!(
    async_lock::Mutex::new(()),
    asy_size asy_waiter_size asy_uncontended asy_hand_over asy_cancel
);
