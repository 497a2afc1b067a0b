# a thread that was picked and times out keeps the wake-up to itself
/The wake-up must not die/,/^}/ s/return .*/return e;/
