# condition.h: the time limit is ignored
s/(&self.gate, timeout_ns)/(\&self.gate, THREAD_LOCK_FOREVER)/
