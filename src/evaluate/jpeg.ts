import { EdgecError } from '../core/index.ts';
import { malformed } from './data-source.ts';
import { checkPictureSize, type Picture } from './picture.ts';

interface Sharp {
  raw(): Sharp;
  toColourspace(space: string): Sharp;
  toBuffer(options: { resolveWithObject: true }): Promise<{
    data: Uint8Array;
    info: { width: number; height: number; channels: number };
  }>;
}

type SharpFactory = (bytes: Uint8Array) => Sharp;

/** Decodes a JPEG file with the optional package sharp. Throws E_DATA_FORMAT, also where sharp is not installed. */
export async function decodeJpeg(bytes: Uint8Array, where: string): Promise<Picture> {
  const sharp = await loadSharp(where);
  const decoded = await sharp(bytes)
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw malformed('the JPEG file cannot be decoded', 'a JPEG picture', String(error), where);
    });
  const { width, height, channels } = decoded.info;
  checkPictureSize(width, height, where);
  if (channels !== 1 && channels !== 3)
    throw malformed('an unknown kind of JPEG', 'grey or RGB', `${channels}`, where);
  return { width, height, channels, data: decoded.data };
}

async function loadSharp(where: string): Promise<SharpFactory> {
  const name: string = 'sharp';
  try {
    const module = (await import(name)) as { default: SharpFactory };
    return module.default;
  } catch (error) {
    throw new EdgecError(
      'E_DATA_FORMAT',
      'JPEG pictures need the optional package sharp',
      {
        expected: 'sharp, installed beside edgec',
        found: 'none',
        where,
        remedy: 'npm install sharp, or convert to PNG',
      },
      { cause: error },
    );
  }
}
