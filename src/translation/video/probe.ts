import { execa, ExecaError } from 'execa';
import { errorCode } from '../../support/files.js';
import { ProblemError } from '../../support/problem.js';

/** What is needed of a video to write one like it. */
export interface VideoFacts {
  /** Frames a second, as a fraction: `30000/1001`. */
  readonly rate: string;
  /** Frames, as far as the file says; 0 where it does not. */
  readonly frames: number;
}

interface Probed {
  readonly streams?: readonly {
    readonly avg_frame_rate?: string;
    readonly nb_frames?: string;
    readonly duration?: string;
  }[];
  readonly format?: { readonly duration?: string };
}

/** Reads a video's facts with ffprobe. @throws ProblemError `no-ffmpeg` or `undecodable-video` */
export async function probeVideo(file: string): Promise<VideoFacts> {
  const wanted = 'stream=avg_frame_rate,nb_frames,duration:format=duration';
  const args = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', wanted, '-of', 'json', file];
  const probed = await execa('ffprobe', args, { stdin: 'ignore' }).catch((error: unknown) => {
    throw explain(error, file);
  });
  const { streams = [], format } = JSON.parse(probed.stdout) as Probed;
  const [stream] = streams;
  const rate = stream?.avg_frame_rate ?? '0/0';
  const perSecond = valueOf(rate);
  if (stream === undefined || perSecond === undefined) throw undecodable(file, 'it has no moving picture');
  const seconds = Number(stream.duration ?? format?.duration ?? 0);
  const counted = Number(stream.nb_frames ?? 0);
  return { rate, frames: counted > 0 ? counted : Math.round(seconds * perSecond) || 0 };
}

/** Of a fraction; undefined for `0/0`. */
function valueOf(rate: string): number | undefined {
  const [over, under] = rate.split('/').map(Number) as [number, number | undefined];
  const value = over / (under ?? 1);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Explains why a program of ffmpeg failed. @param file the video that it works on */
export function explain(error: unknown, file: string): unknown {
  if (!(error instanceof ExecaError)) return error;
  if (errorCode(error.cause) === 'ENOENT' || errorCode(error) === 'ENOENT') {
    return new ProblemError({
      code: 'no-ffmpeg',
      message: `${file} is a video, and ffmpeg is not installed.`,
      cure: 'Install ffmpeg (apt install ffmpeg, brew install ffmpeg), then give the same command again.',
    });
  }
  const { stderr, shortMessage } = error as { readonly stderr?: string; readonly shortMessage: string };
  const said = String(stderr ?? '')
    .trim()
    .split('\n')
    .at(-1);
  return undecodable(file, said || shortMessage);
}

export function undecodable(file: string, why: string): ProblemError {
  return new ProblemError({
    code: 'undecodable-video',
    message: `ffmpeg cannot work on ${file}: ${why}.`,
    cure: 'Check that a player shows it, or convert it to MP4.',
  });
}
