import { expect, test } from "vitest";
import { ask, RUNNING } from "./ask-skills.ts";

/** What was said, what is answered, and what the effect does. A part that no skill understood is in angle brackets. */
type Row = readonly [request: string, say: string, does?: string];

const WITH_NONE_RUNNING: readonly Row[] = [
  ["Set a timer for ten minutes.", "Your timer is set for 10 minutes.", "timer 600 s"],
  ["Santa timer for two minutes", "Your timer is set for 2 minutes.", "timer 120 s"],
  ["Sat a timer for five minutes.", "Your timer is set for 5 minutes.", "timer 300 s"],
  ["Cancel my time er", "There is no timer running."],
  ["Wake me at half past six", "Your alarm is set for 6:30 AM tomorrow.", "alarm 22 06:30"],
  ["Set an alarm for 7 30 tomorrow morning.", "Your alarm is set for 7:30 AM tomorrow.", "alarm 22 07:30"],
  ["Set a pasta timer for eight minutes", "Your pasta timer is set for 8 minutes.", "timer pasta 480 s"],
  [
    "set a timer for ten minutes and tell me a joke",
    "Your timer is set for 10 minutes. <tell me a joke>",
    "timer 600 s",
  ],
  ["Set an alarm for 6 am", "Your alarm is set for 6 AM tomorrow.", "alarm 22 06:00"],
  ["set an alarm for quarter past nine", "Your alarm is set for 9:15 PM.", "alarm 21 21:15"],
  ["wake me up at seven thirty tomorrow", "Your alarm is set for 7:30 AM tomorrow.", "alarm 22 07:30"],
  ["wake me up in twenty minutes", "Your alarm is set for 3:45 PM.", "alarm 21 15:45"],
  ["alarm at noon", "Your alarm is set for noon tomorrow.", "alarm 22 12:00"],
  ["set an alarm", "For what time?"],
  ["remind me to call mum at five pm", "I will remind you at 5 PM.", "reminder call mum 21 17:00"],
  ["remind me in ten minutes to check the oven", "I will remind you in 10 minutes.", "reminder check the oven 600 s"],
  [
    "remind me to take out the trash tomorrow at 8 am",
    "I will remind you at 8 AM tomorrow.",
    "reminder take out the trash 22 08:00",
  ],
  ["five minute timer", "Your timer is set for 5 minutes.", "timer 300 s"],
  ["start a countdown from 30 seconds", "Your timer is set for 30 seconds.", "timer 30 s"],
  ["set a timer for an hour and a half", "Your timer is set for 1 hour and 30 minutes.", "timer 5400 s"],
  ["set two timers for five minutes", "I can set one timer at a time. For how long?"],
  ["set a timer for five minutes called eggs", "Your eggs timer is set for 5 minutes.", "timer eggs 300 s"],
  ["set an egg timer for three minutes", "Your egg timer is set for 3 minutes.", "timer egg 180 s"],
  ["set a 20 minute pizza timer", "Your pizza timer is set for 20 minutes.", "timer pizza 1200 s"],
  ["set timer 5 minutes", "Your timer is set for 5 minutes.", "timer 300 s"],
  ["can you set me a timer for a quarter of an hour", "Your timer is set for 15 minutes.", "timer 900 s"],
  ["set a timer for half an hour", "Your timer is set for 30 minutes.", "timer 1800 s"],
  ["set a timer for ninety seconds", "Your timer is set for 1 minute and 30 seconds.", "timer 90 s"],
  ["cancel all timers", "There are no timers running."],
  ["cancel the pasta timer", "There is no timer running."],
  ["stop the alarm", "There is no alarm running."],
  ["how much time is left", "There is no timer running."],
  ["how long left on my timer", "There is no timer running."],
  ["what timers do I have", "There are no timers running."],
  ["list my alarms", "There are no alarms running."],
  ["turn off my alarm", "There is no alarm running."],
  [
    "set a timer for ten minutes and what time is it",
    "Your timer is set for 10 minutes. It is 3:25 PM.",
    "timer 600 s",
  ],
  [
    "I'm cooking pasta, set a timer for ten minutes",
    "Your timer is set for 10 minutes. <i am cooking pasta>",
    "timer 600 s",
  ],
  ["Set a timer for 1 hour and 20 minutes", "Your timer is set for 1 hour and 20 minutes.", "timer 4800 s"],
  ["set a timer for 90 minutes", "Your timer is set for 1 hour and 30 minutes.", "timer 5400 s"],
  ["Start a timer for twenty-five minutes.", "Your timer is set for 25 minutes.", "timer 1500 s"],
  ["Start a ten minute timer.", "Your timer is set for 10 minutes.", "timer 600 s"],
  ["Create a timer for 45 seconds", "Your timer is set for 45 seconds.", "timer 45 s"],
  ["make it a timer for three minutes", "Your timer is set for 3 minutes.", "timer 180 s"],
  ["give me a two minute timer", "Your timer is set for 2 minutes.", "timer 120 s"],
  ["timer five minutes", "Your timer is set for 5 minutes.", "timer 300 s"],
  ["timer for a minute and a half", "Your timer is set for 1 minute and 30 seconds.", "timer 90 s"],
  ["10 minute timer please", "Your timer is set for 10 minutes.", "timer 600 s"],
  ["could you please set a timer for fifteen minutes for me", "Your timer is set for 15 minutes.", "timer 900 s"],
  ["I need a timer for twelve minutes", "Your timer is set for 12 minutes.", "timer 720 s"],
  ["I want you to set a timer for six minutes", "Your timer is set for 6 minutes.", "timer 360 s"],
  ["set another timer for one minute", "Your timer is set for 1 minute.", "timer 60 s"],
  ["set a timer of 30 seconds", "Your timer is set for 30 seconds.", "timer 30 s"],
  ["set a timer for two and a half hours", "Your timer is set for 2 hours and 30 minutes.", "timer 9000 s"],
  ["set a timer for a couple of minutes", "Your timer is set for 2 minutes.", "timer 120 s"],
  ["set a timer called laundry for forty minutes", "Your laundry timer is set for 40 minutes.", "timer laundry 2400 s"],
  ["set a timer for the rice for eighteen minutes", "Your rice timer is set for 18 minutes.", "timer rice 1080 s"],
  ["set a laundry timer for 40 minutes", "Your laundry timer is set for 40 minutes.", "timer laundry 2400 s"],
  ["count down from ten minutes", "Your timer is set for 10 minutes.", "timer 600 s"],
  ["ping me in five minutes", "Your timer is set for 5 minutes.", "timer 300 s"],
  ["remind me in half an hour", "Your timer is set for 30 minutes.", "timer 1800 s"],
  [
    "in ten minutes remind me to turn off the oven",
    "I will remind you in 10 minutes.",
    "reminder turn off the oven 600 s",
  ],
  ["remind me to stretch in an hour", "I will remind you in 1 hour.", "reminder stretch 3600 s"],
  ["remind me at 6 pm to feed the cat", "I will remind you at 6 PM.", "reminder feed the cat 21 18:00"],
  [
    "set a reminder to water the plants tomorrow at nine",
    "I will remind you at 9 AM tomorrow.",
    "reminder water the plants 22 09:00",
  ],
  ["Wake me up at 6.", "Your alarm is set for 6 AM tomorrow.", "alarm 22 06:00"],
  ["wake me up at 6:30 tomorrow morning", "Your alarm is set for 6:30 AM tomorrow.", "alarm 22 06:30"],
  ["wake me up tomorrow at seven", "Your alarm is set for 7 AM tomorrow.", "alarm 22 07:00"],
  ["please wake me at a quarter past seven", "Your alarm is set for 7:15 AM tomorrow.", "alarm 22 07:15"],
  ["get me up at five thirty", "Your alarm is set for 5:30 AM tomorrow.", "alarm 22 05:30"],
  ["set an alarm for 18:45", "Your alarm is set for 6:45 PM.", "alarm 21 18:45"],
  ["set an alarm for five forty five p m", "Your alarm is set for 5:45 PM.", "alarm 21 17:45"],
  ["set an alarm for ten to eight", "Your alarm is set for 7:50 PM.", "alarm 21 19:50"],
  ["set an alarm for noon on Friday", "Your alarm is set for noon on Friday.", "alarm 27 12:00"],
  ["set a work alarm for eight am", "Your work alarm is set for 8 AM tomorrow.", "alarm work 22 08:00"],
  ["alarm for seven", "Your alarm is set for 7 PM.", "alarm 21 19:00"],
  ["set my alarm for half past five in the morning", "Your alarm is set for 5:30 AM tomorrow.", "alarm 22 05:30"],
  ["set an alarm in two hours", "Your alarm is set for 5:25 PM.", "alarm 21 17:25"],
  [
    "set a timer for five minutes and another timer for ten minutes",
    "Your timer is set for 5 minutes. Your timer is set for 10 minutes.",
    "timer 300 s, timer 600 s",
  ],
  ["set a timer for 5 minutes then flip a coin", "Your timer is set for 5 minutes. It is heads.", "timer 300 s"],
  ["set a timer for five and a half minutes", "Your timer is set for 5 minutes and 30 seconds.", "timer 330 s"],
  ["set a timer for two hours and a quarter", "Your timer is set for 2 hours and 15 minutes.", "timer 8100 s"],
  ["set a timer for 1 minute 30", "Your timer is set for 1 minute and 30 seconds.", "timer 90 s"],
  ["set a timer for a minute and thirty seconds", "Your timer is set for 1 minute and 30 seconds.", "timer 90 s"],
  ["set an alarm for 7", "Your alarm is set for 7 PM.", "alarm 21 19:00"],
  ["set 2 timers for five and ten minutes", "I can set one timer at a time. For how long?"],
];

const WITH_THREE_RUNNING: readonly Row[] = [
  ["cancel the pasta timer", "Your pasta timer is cancelled.", "-timer pasta 300 s"],
  ["cancel my pasta timer please", "Your pasta timer is cancelled.", "-timer pasta 300 s"],
  ["cancel the pastor timer", "Your pasta timer is cancelled.", "-timer pasta 300 s"],
  ["stop the past a timer", "Your pasta timer is cancelled.", "-timer pasta 300 s"],
  ["cancel the two minute timer", "Your 2 minute timer is cancelled.", "-timer 90 s"],
  ["cancel all timers", "Both timers are cancelled.", "-timer 90 s, -timer pasta 300 s"],
  ["cancel both timers", "Both timers are cancelled.", "-timer 90 s, -timer pasta 300 s"],
  ["cancel every timer", "Both timers are cancelled.", "-timer 90 s, -timer pasta 300 s"],
  ["cancel all my timers", "Both timers are cancelled.", "-timer 90 s, -timer pasta 300 s"],
  ["cancel everything", "All 3 are cancelled.", "-timer 90 s, -timer pasta 300 s, -alarm 22 06:30"],
  ["cancel my timer", "Which one, the 2 minute timer or the pasta timer?"],
  ["cancel the timer", "Which one, the 2 minute timer or the pasta timer?"],
  ["cancel the alarm", "Your alarm is cancelled.", "-alarm 22 06:30"],
  ["turn off my alarm", "Your alarm is cancelled.", "-alarm 22 06:30"],
  ["delete all alarms", "Your alarm is cancelled.", "-alarm 22 06:30"],
  ["how long is left on the pasta timer", "Your pasta timer has 5 minutes left."],
  [
    "how much time is left",
    "Your 2 minute timer has 1 minute and 30 seconds left. Your pasta timer has 5 minutes left. Your alarm is set for 6:30 AM tomorrow.",
  ],
  [
    "how much time is left on my timer",
    "Your 2 minute timer has 1 minute and 30 seconds left. Your pasta timer has 5 minutes left.",
  ],
  ["how much longer on the pasta timer", "Your pasta timer has 5 minutes left."],
  ["what's left on the pasta timer", "Your pasta timer has 5 minutes left."],
  ["when does my alarm go off", "Your alarm is set for 6:30 AM tomorrow."],
  ["when is the pasta timer done", "Your pasta timer has 5 minutes left."],
  ["list my timers", "Your 2 minute timer has 1 minute and 30 seconds left. Your pasta timer has 5 minutes left."],
  [
    "what timers are running",
    "Your 2 minute timer has 1 minute and 30 seconds left. Your pasta timer has 5 minutes left.",
  ],
  [
    "what timers do I have",
    "Your 2 minute timer has 1 minute and 30 seconds left. Your pasta timer has 5 minutes left.",
  ],
  ["do I have any alarms", "Your alarm is set for 6:30 AM tomorrow."],
  ["what alarms are set", "Your alarm is set for 6:30 AM tomorrow."],
  ["check my timers", "Your 2 minute timer has 1 minute and 30 seconds left. Your pasta timer has 5 minutes left."],
  [
    "how many timers are running",
    "Your 2 minute timer has 1 minute and 30 seconds left. Your pasta timer has 5 minutes left.",
  ],
  ["cancel the laundry timer", "There is no such timer. You have a 2 minute timer and a pasta timer."],
  ["time left on the pasta timer", "Your pasta timer has 5 minutes left."],
  ["get rid of the pasta timer", "Your pasta timer is cancelled.", "-timer pasta 300 s"],
  ["Counsel my alarm.", "Your alarm is cancelled.", "-alarm 22 06:30"],
  ["Kensel the pasta timer.", "Your pasta timer is cancelled.", "-timer pasta 300 s"],
  ["Council, the pastor, timer.", "Your pasta timer is cancelled.", "-timer pasta 300 s"],
  ["Cancel my time er", "Which one, the 2 minute timer or the pasta timer?"],
  ["What alarm for a set?", "Your alarm is set for 6:30 AM tomorrow."],
  ["How long is left on the past atimer?", "Your pasta timer has 5 minutes left."],
  ["Kensalal timers.", "Both timers are cancelled.", "-timer 90 s, -timer pasta 300 s"],
  ["stop the timer", "Which one, the 2 minute timer or the pasta timer?"],
];

for (const [request, say, does = ""] of WITH_NONE_RUNNING) {
  test(`"${request}"`, async () => {
    const asked = await ask(request);
    expect(asked.rest === "" ? asked.say : `${asked.say} <${asked.rest}>`).toBe(say);
    expect(asked.does).toBe(does);
  });
}

for (const [request, say, does = ""] of WITH_THREE_RUNNING) {
  test(`"${request}"`, async () => {
    const asked = await ask(request, { timers: RUNNING });
    expect(asked.rest === "" ? asked.say : `${asked.say} <${asked.rest}>`).toBe(say);
    expect(asked.does).toBe(does);
  });
}
