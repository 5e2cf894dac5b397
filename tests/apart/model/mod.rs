//! Threads of a server and the data that they share, in many orders of their steps.
//!
//! The files below are those of the library, compiled against `sync.rs` in place of its own. A scheduler runs the threads
//! one at a time and chooses which one goes on at each lock, wait and count: small models in every order there is, larger
//! ones in some thousand. A thread that nothing wakes, a deadlock and a broken claim are failures, and print the order that
//! leads there.
//!
//! A world is a lock around what its requests change. The rules that the models check:
//!
//! 1. A request changes its world, gives the lock back, and rings. Whoever waits looks first and says before that it will.
//! 2. A request whose body is on its way is counted until it is answered, or until its connection ends.
//! 3. A world that ends lets all answers go that it holds back, and holds back none that come after.
//! 4. A world that ends or begins anew keeps one courier, and nothing that it dropped is on its way.
//! 5. What is charged to a budget or a ceiling is given back once; neither lets more in than it says.
//! 6. The end of a server waits for its connections, and judges only then: what was acknowledged is counted.

use std::sync::Arc;
use std::time::Duration;

use shuttle::future::block_on;
use shuttle::scheduler::{DfsScheduler, RandomScheduler};
use shuttle::{Config, Runner, thread};

use crate::support::many;
use crate::sync::{AtomicBool, AtomicUsize, Condvar, Mutex, Ordering};

#[allow(dead_code)]
#[path = "../../../src/server/answered_notify.rs"]
mod answered_notify;
mod bounds;
#[path = "../../../src/server/budget.rs"]
mod budget;
#[allow(dead_code)]
#[path = "../../../src/world/call_waits.rs"]
mod call_waits;
#[path = "../../../src/world/ceiling.rs"]
mod ceiling;
mod courier;
#[path = "../../../src/world/courier_duty.rs"]
mod courier_duty;
#[path = "../../../src/http/hold.rs"]
mod hold;
#[path = "../../../src/world/in_flight.rs"]
mod in_flight;
#[path = "../../../src/server/rest.rs"]
mod rest;

use answered_notify::AnsweredNotify;
use call_waits::{Awaited, CallWaits};
use hold::Holds;
use in_flight::InFlight;
use rest::Rest;

/// The orders that chance chooses for a model, and half as many that follow each other.
const ORDERS: usize = many(40_000, 4_000);

/// Longer than a model runs: its waits do not end with time.
const FOREVER: Duration = Duration::from_secs(1);

/// Runs a model in the orders of its steps, one after the other up to the bound, and in those that chance chooses.
fn in_each_order(model: impl Fn() + Send + Sync + Clone + 'static) {
    let mut config = Config::new();
    config.stack_size = 1 << 18;
    let orders = Runner::new(DfsScheduler::new(Some(ORDERS / 2), false), config.clone()).run(model.clone());
    let more = Runner::new(RandomScheduler::new_from_seed(1, ORDERS), config).run(model);
    println!("{orders} orders one after the other, {more} by chance");
}

/// A thing that happens once, and that threads wait for.
#[derive(Default)]
struct Event(Mutex<bool>, Condvar);

impl Event {
    fn happen(&self) {
        *self.0.lock() = true;
        self.1.notify_all();
    }

    fn wait(&self) {
        let mut happened = self.0.lock();
        while !*happened {
            self.1.wait_for(&mut happened, FOREVER);
        }
    }
}

#[test]
fn a_wait_ends_with_the_call_that_it_waits_for() {
    in_each_order(|| {
        let world = Arc::new(Mutex::new((0, CallWaits::default())));
        let consumers: Vec<_> = (0..2)
            .map(|_| {
                let world = Arc::clone(&world);
                thread::spawn(move || {
                    let (called, waits) = &mut *world.lock();
                    *called += 1;
                    waits.count("get", |wanted| *wanted == "one");
                })
            })
            .collect();
        let begin = || {
            let (called, waits) = &mut *world.lock();
            waits.begin("one", 2, *called, ["get"].into_iter()).unwrap()
        };
        // One waits as a thread, the other as a task.
        let (thread, task) = (begin(), begin());
        assert_eq!(thread.block(FOREVER), Awaited::Called(2));
        block_on(task.clone());
        assert_eq!(task.awaited(), Awaited::Called(2));
        consumers.into_iter().for_each(|consumer| consumer.join().unwrap());
    });
}

#[test]
fn a_wait_in_a_world_that_is_reset_and_ends_is_let_go() {
    in_each_order(|| {
        let world = Arc::new(Mutex::new(CallWaits::default()));
        let administrator = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                world.lock().restart();
                world.lock().end();
            })
        };
        let consumer = {
            let world = Arc::clone(&world);
            thread::spawn(move || world.lock().count("get", |()| true))
        };
        let begin = |times| world.lock().begin((), times, 0, ["get"].into_iter()).unwrap();
        let (one, two) = (begin(1), begin(2));
        block_on(one.clone());
        assert!(matches!(one.awaited(), Awaited::Called(1) | Awaited::Gone));
        assert_eq!(two.block(FOREVER), Awaited::Gone, "one call is not two");
        [administrator, consumer].into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_verification_counts_each_call_that_was_on_its_way() {
    in_each_order(|| {
        let (world, in_flight) = (Arc::new(Mutex::new(0)), Arc::new(InFlight::default()));
        let guard_is_there = Arc::new(AtomicBool::new(false));
        let consumer = {
            let (world, in_flight, there) = (Arc::clone(&world), Arc::clone(&in_flight), Arc::clone(&guard_is_there));
            thread::spawn(move || {
                let guard = in_flight.arrival("w".into());
                there.store(true, Ordering::SeqCst);
                *world.lock() += 1;
                drop(guard);
            })
        };
        let came_before = guard_is_there.load(Ordering::SeqCst);
        let other = in_flight.arrival("other".into());
        assert!(in_flight.wait(&"w".into(), FOREVER), "a request to another world is no request to this one");
        drop(other);
        let counted = *world.lock();
        assert!(counted == 1 || !came_before, "a call that had begun was not waited for");
        consumer.join().unwrap();
        assert!(!in_flight.has("w"), "each arrival ends once");
    });
}

#[test]
fn a_listener_misses_no_answer() {
    in_each_order(|| {
        let (world, answered) = (Arc::new(Mutex::new(0)), Arc::new(AnsweredNotify::default()));
        let consumers: Vec<_> = (0..2)
            .map(|_| {
                let (world, answered) = (Arc::clone(&world), Arc::clone(&answered));
                thread::spawn(move || {
                    *world.lock() += 1;
                    answered.notify(|| "w".into());
                })
            })
            .collect();
        let other = {
            let answered = Arc::clone(&answered);
            thread::spawn(move || drop(answered.listen("w".into())))
        };
        let listener = answered.listen("w".into());
        loop {
            let next = listener.next();
            if *world.lock() == 2 {
                break;
            }
            next.wait();
        }
        consumers.into_iter().chain([other]).for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn an_answer_wakes_the_listeners_of_its_world_alone() {
    in_each_order(|| {
        let answered = Arc::new(AnsweredNotify::default());
        let (listener, other) = (answered.listen("w".into()), answered.listen("other".into()));
        let (told, untold) = (listener.next(), other.next());
        let consumer = {
            let answered = Arc::clone(&answered);
            thread::spawn(move || answered.notify(|| "w".into()))
        };
        let passing = {
            let answered = Arc::clone(&answered);
            thread::spawn(move || drop(answered.listen("w".into())))
        };
        told.wait();
        [consumer, passing].into_iter().for_each(|thread| thread.join().unwrap());
        assert!(!untold.is_told(), "an answer in another world");
        answered.notify_all();
        assert!(untold.is_told(), "what may have changed any world");
    });
}

/// A world that holds answers back, for a model.
type Holding = Arc<Mutex<Holds>>;

fn hold_back(world: &Holding) {
    let hold = world.lock().hold(&"w".into(), 1, vec!["rule".into()]);
    block_on(hold.clone());
    assert!(hold.is_released() && hold.number() == 1 && &**hold.world() == "w" && hold.rules().eq(["rule"]));
}

#[test]
fn a_world_that_ends_holds_no_answer_back() {
    in_each_order(|| {
        let world = Holding::default();
        let consumers: Vec<_> = (0..2)
            .map(|_| {
                let world = Arc::clone(&world);
                thread::spawn(move || hold_back(&world))
            })
            .collect();
        world.lock().end();
        // A handle keeps the world that is gone.
        consumers.into_iter().for_each(|consumer| consumer.join().unwrap());
    });
}

#[test]
fn a_reset_lets_go_only_what_came_before() {
    in_each_order(|| {
        let (world, came) = (Holding::default(), Arc::new(Event::default()));
        let consumer = {
            let (world, came) = (Arc::clone(&world), Arc::clone(&came));
            thread::spawn(move || {
                let hold = world.lock().hold(&"w".into(), 1, vec!["rule".into()]);
                came.happen();
                block_on(hold);
            })
        };
        world.lock().release();
        // One that came later goes with its rule.
        came.wait();
        world.lock().release_without(|rule| rule != "rule");
        consumer.join().unwrap();
    });
}

#[test]
fn only_answers_of_rules_that_are_gone_are_let_go() {
    in_each_order(|| {
        let mut holds = Holds::default();
        let mut hold = |rule: &str| holds.hold(&"w".into(), 1, vec![rule.into()]);
        let (one, other) = (hold("one"), hold("other"));
        holds.release_without(|rule| rule == "other");
        assert!(one.is_released() && !other.is_released());
        drop(holds);
        assert!(other.is_released(), "the end of a world lets all go");
    });
}

#[test]
fn a_thread_that_rests_is_woken_by_the_next_answer() {
    in_each_order(|| {
        let (rest, answering) = (Arc::new(Rest::default()), Arc::new(AtomicUsize::new(0)));
        let looked = Arc::new(AtomicBool::new(false));
        let pulse = {
            let (rest, answering, looked) = (Arc::clone(&rest), Arc::clone(&answering), Arc::clone(&looked));
            thread::spawn(move || {
                let has_work = || answering.load(Ordering::SeqCst) > 0;
                while !has_work() {
                    rest.rest(has_work, thread::park);
                }
                looked.store(true, Ordering::SeqCst);
            })
        };
        answering.fetch_add(1, Ordering::SeqCst);
        rest.wake(|| pulse.thread().unpark());
        pulse.join().unwrap();
        assert!(looked.load(Ordering::SeqCst));
    });
}

#[test]
fn what_a_server_acknowledged_before_its_end_is_judged() {
    in_each_order(|| {
        let (world, in_flight) = (Arc::new(Mutex::new(0)), Arc::new(InFlight::default()));
        let (is_stopping, acknowledged) = (Arc::new(Event::default()), Arc::new(AtomicUsize::new(0)));
        let connection = {
            let (world, in_flight) = (Arc::clone(&world), Arc::clone(&in_flight));
            let (is_stopping, acknowledged) = (Arc::clone(&is_stopping), Arc::clone(&acknowledged));
            thread::spawn(move || {
                // One request that is whole, one whose client never sends all of it.
                *world.lock() += 1;
                acknowledged.fetch_add(1, Ordering::SeqCst);
                let _unfinished = in_flight.arrival("w".into());
                is_stopping.wait();
            })
        };
        let waiter = {
            let in_flight = Arc::clone(&in_flight);
            thread::spawn(move || assert!(in_flight.wait(&"w".into(), FOREVER)))
        };
        is_stopping.happen();
        connection.join().unwrap();
        let judged = *world.lock();
        assert!(judged == acknowledged.load(Ordering::SeqCst) && !in_flight.has("w"));
        // A verification that waited for the request that never came whole ends with its connection.
        waiter.join().unwrap();
    });
}

#[test]
fn a_world_that_is_deleted_lets_all_go_that_wait_for_it() {
    in_each_order(|| {
        let world = Arc::new(Mutex::new((Holds::default(), CallWaits::default())));
        let answered = Arc::new(AnsweredNotify::default());
        let is_gone = Arc::new(AtomicBool::new(false));
        let consumer = {
            let (world, answered) = (Arc::clone(&world), Arc::clone(&answered));
            thread::spawn(move || {
                let hold = {
                    let (holds, waits) = &mut *world.lock();
                    waits.count("get", |()| true);
                    holds.hold(&"w".into(), 1, vec!["rule".into()])
                };
                answered.notify(|| "w".into());
                block_on(hold);
            })
        };
        let verification = {
            let (answered, is_gone) = (Arc::clone(&answered), Arc::clone(&is_gone));
            thread::spawn(move || {
                let listener = answered.listen("w".into());
                loop {
                    let next = listener.next();
                    if is_gone.load(Ordering::SeqCst) {
                        break;
                    }
                    next.wait();
                }
            })
        };
        let waiter = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                let wait = world.lock().1.begin((), 2, 0, ["get"].into_iter()).unwrap();
                block_on(wait.clone());
                assert_eq!(wait.awaited(), Awaited::Gone);
            })
        };
        is_gone.store(true, Ordering::SeqCst);
        {
            let (holds, waits) = &mut *world.lock();
            holds.end();
            waits.end();
        }
        answered.notify_all();
        [consumer, verification, waiter].into_iter().for_each(|thread| thread.join().unwrap());
    });
}
