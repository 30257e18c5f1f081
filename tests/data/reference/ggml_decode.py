# SPDX-License-Identifier: GPL-3.0-or-later
# Golden values of tests/kernels/tst_ggml_codec.cpp: python3 tests/data/reference/ggml_decode.py
# Decodes pseudo-random blocks with the formulas of the GGUF block types, in FP32; prints FNV-1a of the bits and two weights.
import struct
def f32(x): return struct.unpack('<f',struct.pack('<f',x))[0]
def bits(x): return struct.unpack('<I',struct.pack('<f',x))[0]
def half(b): return struct.unpack('<e',bytes(b))[0]
K=[-127,-104,-83,-65,-49,-35,-22,-10,1,13,25,38,53,69,89,113]
def nib(q,r,h): return q[r]&15 if r<h else q[r-h]>>4
def s8(x): return x-256 if x>127 else x
def q8_0(b): d=half(b[0:2]); return [f32(d*s8(b[2+i])) for i in range(32)]
def q4_0(b): d=half(b[0:2]); return [f32(d*(nib(b[2:],i,16)-8)) for i in range(32)]
def q5_0(b):
    d=half(b[0:2]); H=struct.unpack('<I',bytes(b[2:6]))[0]
    return [f32(d*((nib(b[6:],i,16)+16*((H>>i)&1))-16)) for i in range(32)]
def q5_1(b):
    d=half(b[0:2]); m=half(b[2:4]); H=struct.unpack('<I',bytes(b[4:8]))[0]
    return [f32(f32(d*(nib(b[8:],i,16)+16*((H>>i)&1)))+m) for i in range(32)]
def iq4_nl(b): d=half(b[0:2]); return [f32(d*K[nib(b[2:],i,16)]) for i in range(32)]
def q2_k(b):
    d=half(b[80:82]); dm=half(b[82:84]); o=[]
    for i in range(256):
        h,j,l=i//128,(i%128)//32,i%32; sc=b[i//16]
        o.append(f32(f32(f32(d*(sc&15))*((b[16+32*h+l]>>(2*j))&3))-f32(dm*(sc>>4))))
    return o
def q3_k(b):
    d=half(b[108:110]); sc=b[96:108]; o=[]
    for i in range(256):
        h,j,l=i//128,(i%128)//32,i%32; k=i//16
        lo=sc[k]&15 if k<8 else sc[k-8]>>4; hi=(sc[8+k%4]>>(2*(k//4)))&3; S=(lo|hi<<4)-32
        o.append(f32(f32(d*S)*(((b[32+32*h+l]>>(2*j))&3)-(0 if (b[l]>>(4*h+j))&1 else 4))))
    return o
def q45(b,five):
    d=half(b[0:2]); dm=half(b[2:4]); sc=b[4:16]; q=b[48:] if five else b[16:]; o=[]
    for i in range(256):
        k=i//32; l=i%32
        if k<4: s,m=sc[k]&63,sc[k+4]&63
        else: s=(sc[k+4]&15)|(sc[k-4]>>6)<<4; m=(sc[k+4]>>4)|(sc[k]>>6)<<4
        x=q[32*(i//64)+l]&15 if i%64<32 else q[32*(i//64)+l]>>4
        if five: x+=16*((b[16+l]>>(i//32))&1)
        o.append(f32(f32(f32(d*s)*x)-f32(dm*m)))
    return o
def q6_k(b):
    d=half(b[208:210]); o=[]
    for i in range(256):
        h,j,l=i//128,(i%128)//32,i%32
        byte=b[64*h+32*(j&1)+l]; n=byte&15 if j<2 else byte>>4
        x=n+16*((b[128+32*h+l]>>(2*j))&3)
        o.append(f32(f32(d*s8(b[192+i//16]))*(x-32)))
    return o
types=[('q4_0',18,q4_0,[1]),('q5_0',22,q5_0,[1]),('q5_1',24,q5_1,[1,3]),('q8_0',34,q8_0,[1]),('iq4_nl',18,iq4_nl,[1]),('q2_k',84,q2_k,[81,83]),('q3_k',110,q3_k,[109]),('q4_k',144,lambda b:q45(b,False),[1,3]),('q5_k',176,lambda b:q45(b,True),[1,3]),('q6_k',210,q6_k,[209])]
for name,n,dec,halves in types:
    state=12345; h=14695981039346656037; first=None
    for block in range(64):
        b=[]
        for i in range(n):
            state=(state*1664525+1013904223)&0xffffffff; b.append(state>>24)
        for p in halves: b[p]&=0xBF
        w=dec(b)
        if block==0: first=(w[0],w[len(w)-1])
        for v in w:
            u=bits(v)
            for k in range(4):
                h=((h^((u>>(8*k))&255))*1099511628211)&0xffffffffffffffff
    print(f'{{"{name}", 0x{h:016x}U}}, // {first[0]!r} {first[1]!r}')
