// What is heard while it rings: two tones, made here.

/** A tone sounds and rests, ms. */
const [TONE, EVERY] = [900, 3000];
const PITCHES = { in: [587, 784], out: [440, 480] } as const;
const LOUDNESS = 0.06;

export class Ring {
  private context: AudioContext | null = null;
  private timer = 0;

  start(kind: keyof typeof PITCHES): void {
    this.stop();
    // Before the user has done anything here browsers let no page make a sound.
    if (!navigator.userActivation?.hasBeenActive) return;
    const context = new AudioContext();
    this.context = context;
    const sound = () => {
      for (const pitch of PITCHES[kind]) this.tone(context, pitch);
    };
    sound();
    this.timer = window.setInterval(sound, EVERY);
  }

  stop(): void {
    clearInterval(this.timer);
    void this.context?.close();
    this.context = null;
  }

  private tone(context: AudioContext, pitch: number): void {
    const [oscillator, gain] = [context.createOscillator(), context.createGain()];
    oscillator.frequency.value = pitch;
    gain.gain.value = LOUDNESS;
    oscillator.connect(gain).connect(context.destination);
    oscillator.start();
    oscillator.stop(context.currentTime + TONE / 1000);
  }
}
