# Pictures of what report.py has written to build/bench. Mid-tones on nothing:
# they can be read on light and on dark pages.
data = "build/bench/"
results = "tests/bench/results/"
grey = "#808890"

set terminal svg size 800,560 dynamic noenhanced font "sans-serif,14" \
             linewidth 1.5
set border 3 lc rgb grey
set tics nomirror textcolor rgb grey
set grid lc rgb grey lw 0.3 dt 3
set key textcolor rgb grey outside right
set title textcolor rgb grey
set xlabel textcolor rgb grey
set ylabel textcolor rgb grey
array colour[9] = ["#e0513f", "#e08a2e", "#3b82d6", "#2fa36b", "#9a6dd0", \
                   "#c2589a", "#5f9ea8", "#a08a3a", "#8a8f98"]

# report.py starts the block of a contestant with its name, in a comment.
blocks(file) = int(system("grep -c '^#' ".data.file.".dat"))
name(file, i) = system(sprintf("sed -n 's/^# //p' %s%s.dat | sed -n %dp", \
                               data, file, i))

set output results."throughput.svg"
set title "Acquisitions of one lock, all threads together"
set xlabel "threads"
set ylabel "millions a second, geometric mean of four workloads"
set logscale x 2
set yrange [0:*]
plot for [i=1:blocks("throughput")] data."throughput.dat" index i-1 \
     using 1:($2/1e6) with linespoints lc rgb colour[i] \
     lw (i <= 2 ? 2 : 1) pt 7 ps 0.5 title name("throughput", i)

set output results."sections.svg"
set title "8 threads, each pause as long as a section"
set xlabel "the section, us"
set ylabel "acquisitions a second; parking_lot's are 1"
unset logscale
set offsets 0.2, 0.2, 0, 0
plot for [i=1:blocks("sections")] data."sections.dat" index i-1 \
     using 0:2:xtic(1) with linespoints lc rgb colour[i] \
     lw (i <= 2 ? 2 : 1) pt 7 ps 0.5 title name("sections", i)
unset offsets
set xtics autofreq

set output results."hog.svg"
set title "The wait for a lock that a hog releases and takes again at once"
set xlabel "per cent of the waits"
set ylabel "are no longer than, us, where a section takes 50 us"
unset logscale
set logscale y
set yrange [1:*]
plot for [i=1:blocks("hog")] data."hog.dat" index i-1 \
     with linespoints lc rgb colour[i] lw (i <= 2 ? 2 : 1) pt 7 ps 0.5 \
     title name("hog", i)

set output results."async.svg"
set logscale xy
set yrange [*:*]
set xlabel "waiting"
set format y "%.0s%c"
set multiplot layout 1,2
set bmargin 8
set key at screen 0.5, 0.02 center bottom maxrows 3 width -5
set title "Queue up and be handed the lock"
set ylabel "ns a waiter"
set format x "%.0s%c"
plot for [i=1:blocks("hand-over")] data."hand-over.dat" index i-1 \
     with linespoints lc rgb colour[i] lw (i <= 2 ? 2 : 1) pt 7 ps 0.5 \
     title name("hand-over", i)
set key off
set title "Cancel a random waiter"
unset ylabel
plot for [i=1:blocks("cancel")] data."cancel.dat" index i-1 \
     with linespoints lc rgb colour[i] lw (i <= 2 ? 2 : 1) pt 7 ps 0.5 \
     title name("cancel", i)
unset multiplot
set bmargin

set output results."bytes.svg"
set format "%g"
unset logscale
set key off
set title "Bytes, of a lock or a waiter"
unset xlabel
set grid noytics xtics
set yrange [*:*] reverse
set xrange [1:*]
set logscale x 2
set offsets 0, 0, 0.5, 0.5
plot data."bytes.dat" \
     using ($2*0.5+0.5):0:(1):($2):(-0.35+$0):(0.35+$0):ytic(1) \
     with boxxyerror fs solid 0.6 noborder lc rgb colour[3], \
     "" using 2:0:(sprintf(" %d", $2)) with labels left tc rgb grey
