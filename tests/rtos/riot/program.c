#include PROGRAM
