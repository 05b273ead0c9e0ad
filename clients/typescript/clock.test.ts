import { describeTimers } from '@tickfolio/lib/kit/timers';
import { idleClock, runtimeClock } from './clock.js';

describeTimers('the runtime’s clock', runtimeClock);
describeTimers('the runtime’s clock of what may end', idleClock);
