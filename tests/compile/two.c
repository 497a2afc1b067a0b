/* The main of a program of two more files, each of them use.c. */

int first(void);
int second(void);

int main(void)
{
    return first() + second();
}
