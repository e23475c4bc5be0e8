import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { type Keyboard, LiveScreen } from '../../../../src/commands/top/live-screen.ts';

class FakeKeyboard extends EventEmitter {
  isTTY = true as const;
  raw = false;
  flowing = false;
  setRawMode(raw: boolean) {
    this.raw = raw;
    return this as never;
  }
  resume() {
    this.flowing = true;
    return this as never;
  }
  pause() {
    this.flowing = false;
    return this as never;
  }
}

describe('the live screen', () => {
  const opened = () => {
    const keyboard = new FakeKeyboard();
    let written = '';
    const keys: string[] = [];
    let redraws = 0;
    const screen = new LiveScreen({
      write: (text) => {
        written += text;
      },
      keyboard: keyboard as unknown as Keyboard,
      onKey: (key) => keys.push(key),
      onRedraw: () => redraws++,
    });
    screen.open();
    return {
      screen,
      keyboard,
      keys,
      redraws: () => redraws,
      take: () => {
        const text = written;
        written = '';
        return text;
      },
    };
  };

  it('takes the alternate screen and the keys, and gives them back', () => {
    const { screen, keyboard, take } = opened();
    assert.equal(take(), '\x1b[?1049h\x1b[?25l\x1b[2J');
    assert.deepEqual([keyboard.raw, keyboard.flowing], [true, true]);
    screen.close();
    assert.equal(take(), '\x1b[?25h\x1b[?1049l');
    assert.deepEqual([keyboard.raw, keyboard.flowing], [false, false]);
    screen.close();
    screen.draw(['late']);
    assert.equal(take(), '');
  });

  it('writes only what is different, all at once', () => {
    const { screen, take } = opened();
    take();
    screen.draw(['one', 'two', 'three']);
    assert.equal(take(), '\x1b[?2026h\x1b[1;1Hone\x1b[K\x1b[2;1Htwo\x1b[K\x1b[3;1Hthree\x1b[K\x1b[?2026l');
    screen.draw(['one', 'TWO']);
    assert.equal(take(), '\x1b[?2026h\x1b[2;1HTWO\x1b[K\x1b[3;1H\x1b[K\x1b[?2026l');
    screen.draw(['one', 'TWO']);
    assert.equal(take(), '');
    screen.close();
  });

  it('draws everything anew when the window has changed', () => {
    const { screen, take, redraws } = opened();
    screen.draw(['one']);
    take();
    process.emit('SIGWINCH', 'SIGWINCH');
    assert.equal(redraws(), 1);
    assert.equal(take(), '\x1b[2J');
    screen.draw(['one']);
    assert.match(take(), /one/);
    screen.close();
  });

  it('is left when the process ends, and leaves no listeners', () => {
    const count = () => process.listenerCount('exit') + process.listenerCount('SIGWINCH');
    const before = count();
    const { screen, take } = opened();
    take();
    const listener = process.listeners('exit').at(-1) as (code: number) => void;
    listener(0);
    assert.equal(take(), '\x1b[?25h\x1b[?1049l');
    screen.close();
    assert.equal(count(), before);
  });

  it('hands on what is typed', () => {
    const { screen, keyboard, keys } = opened();
    keyboard.emit('data', Buffer.from('+q'));
    assert.deepEqual(keys, ['+', 'q']);
    screen.close();
    keyboard.emit('data', Buffer.from('x'));
    assert.deepEqual(keys, ['+', 'q']);
  });
});
