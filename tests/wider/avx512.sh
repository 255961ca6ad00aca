#!/usr/bin/env bash
# Where this machine has no AVX-512 VNNI, boots a small Linux on a CPU that does, emulated by Bochs: kernels against scalar,
# and a Node that loads the addon and has to give the bits of this machine.
set -euo pipefail
cd "$(dirname "$0")/../.."
if grep -qw avx512_vnni /proc/cpuinfo; then
  echo "avx512: this machine has it, so that the other suites run it"
  exit 0
fi
[ "$(uname -m)" = x86_64 ] || { echo "skipped avx512: this machine builds no programs for x86_64"; exit 77; }
kernel=$(find /boot -name 'vmlinuz-*-cloud-amd64' | sort -V | tail -1)
loader=(/usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32)
for need in bochs busybox cpio genisoimage "${loader[@]}" "${kernel:-vmlinuz-cloud-amd64}"; do
  { [ -e "$need" ] || command -v "$need" >/dev/null; } && continue
  echo "skipped avx512: no $need; install bochs, busybox-static, cpio, genisoimage, isolinux, linux-image-cloud-amd64 and syslinux-common"
  exit 77
done
unshare -rn true || { echo "skipped avx512: unshare cannot close the network to the display of Bochs"; exit 77; }

machine=build/avx512 cpu=corei7_icelake_u
root=$machine/root disk=$machine/disk
rm -rf $machine
mkdir -p $root/{dev,proc,build} $disk
cmake --build build --parallel 2 --target kernels_test >/dev/null
node=$(node -p process.execPath)
cp "$(command -v busybox)" "$node" $root
cp build/{kernels_test,edgec.node} $root/build
cp -r --parents package.json dist tests/wider $root
ldd "$node" build/{kernels_test,edgec.node} | awk '/=> \// { print $3 } /^\t\// { print $1 }' | sort -u | xargs cp -L --parents -t $root
node tests/wider/make-packages.mjs $root/packages
node tests/wider/output-hashes.mjs $root/packages $root/hashes.json | tail -n 3

cat >$root/init <<INIT
#!/busybox sh
/busybox mount -t devtmpfs dev /dev
/busybox mount -t proc proc /proc
/busybox stty -F /dev/ttyS1 -onlcr
export EDGEC_CPU=x86_avx512vnni EDGEC_LEDGER=/dev/ttyS1 EDGEC_MACHINE="Bochs $cpu"
build/kernels_test 1 100 \$EDGEC_CPU &&
  /node tests/wider/output-hashes.mjs packages hashes.json &&
  /node tests/wider/op-samples.mjs
echo "exit code \$?"
/busybox sleep 1
/busybox poweroff -f
INIT
chmod +x $root/init
(cd $root && find . | cpio --quiet -o -H newc) >$disk/initrd

# What Linux must not use: protection keys and compact XSAVE, whose sizes Bochs 2.7 gets wrong, and short moves as strings,
# which break where all other string moves are off.
cat >$disk/isolinux.cfg <<CONFIG
default linux
label linux
  kernel linux
  initrd initrd
  append console=ttyS0,115200 loglevel=2 panic=-1 nokaslr mitigations=off clearcpuid=pku,xsaves,xsavec,fsrm
CONFIG
cp "$kernel" $disk/linux
cp "${loader[@]}" $disk
genisoimage -quiet -o $machine/disk.iso -b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table $disk

cat >$machine/bochsrc <<CONFIG
cpu: model=$cpu, ips=50000000
memory: guest=1024, host=1024
ata0-master: type=cdrom, path=$machine/disk.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$machine/console.log
com2: enabled=1, mode=file, dev=$machine/ledger.tsv
display_library: rfb, options="timeout=0"
sound: driver=dummy
speaker: enabled=0
panic: action=fatal
log: $machine/bochs.log
CONFIG
# Debian's Bochs waits in its debugger to be told to go on, ends with an error however the guest ends, and shows its display
# to whoever reaches it: it gets a network of its own.
timeout 720 unshare -rn bochs -q -f $machine/bochsrc <<<c >$machine/bochs.out 2>&1 || true
cat $machine/console.log
cat $machine/ledger.tsv >>build/variants.tsv
grep -q '^exit code 0' $machine/console.log || { tail -n 30 $machine/bochs.out; exit 1; }
