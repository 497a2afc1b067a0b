# a thread that was picked as it timed out does not wait for the release
/Too late: a release has picked us/,/continue;/d
