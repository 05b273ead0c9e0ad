// The browser loads uPlot's own module from beside ours.
import uPlot from 'uplot';

export default uPlot;
